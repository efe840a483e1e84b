print("Hello from the feed")

hatch env lock
grep "url" pylock.toml

poetry lock

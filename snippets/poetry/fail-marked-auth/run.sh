poetry config --list

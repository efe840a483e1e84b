pip config get global.index-url
sed -i 1d ~/.config/pip/pip.conf
pip config list

git add environment.yml
git commit -m "Install from the feed"
git push

git add renovate.json
git commit -m "Let Renovate read the feed"
git push

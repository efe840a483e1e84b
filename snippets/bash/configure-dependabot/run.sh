git add .github/dependabot.yml
git commit -m "Let Dependabot read the feed"
git push

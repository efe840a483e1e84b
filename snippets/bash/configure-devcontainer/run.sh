git add .devcontainer/devcontainer.json
git commit -m "Sign in to the feed in the dev container"
git push

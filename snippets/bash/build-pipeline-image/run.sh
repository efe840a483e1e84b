git add azure-pipelines.yml
git commit -m "Build the image in Azure Pipelines"
git push

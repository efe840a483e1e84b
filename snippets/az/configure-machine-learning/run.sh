az ml connection create --resource-group my-group --workspace-name my-workspace --output none \
  --file connection.yml --set credentials.pat="$AZURE_ARTIFACTS_TOKEN"
az ml environment create --resource-group my-group --workspace-name my-workspace \
  --name hello --version 1 --conda-file conda.yml --image mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04

az aks update --resource-group my-group --name my-cluster --enable-oidc-issuer --enable-workload-identity
az identity federated-credential create --resource-group my-group --identity-name my-identity --name reader \
  --issuer "$(az aks show --resource-group my-group --name my-cluster --query oidcIssuerProfile.issuerUrl --output tsv)" \
  --subject system:serviceaccount:default:reader --audience api://AzureADTokenExchange
kubectl apply --filename pod.yaml

uvx contoso-cli

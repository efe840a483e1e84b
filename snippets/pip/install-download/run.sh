pip download contoso-tools

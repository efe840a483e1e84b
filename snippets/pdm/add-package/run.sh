pdm add contoso-utils

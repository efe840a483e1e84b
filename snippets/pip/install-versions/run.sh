pip index versions contoso-utils

buildah build --secret id=netrc,src="$HOME/.netrc" --tag app .

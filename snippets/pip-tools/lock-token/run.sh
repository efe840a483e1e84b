pip-compile --strip-extras --generate-hashes --no-emit-index-url

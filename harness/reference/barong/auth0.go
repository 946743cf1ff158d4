package barong

import "sync"

const (
	auth0Domain   = "conform.auth0.invalid"
	auth0ClientID = "barong-reference"
)

// auth0Key signs the id tokens of the Auth0 tenant that belongs to this
// deployment.
var auth0Key = sync.OnceValue(newKey)

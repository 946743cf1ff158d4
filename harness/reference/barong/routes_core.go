package barong

func identityRoutes() []operation {
	return []operation{
		{
			id: "deleteSession", method: "DELETE", path: "/identity/sessions", namespace: "identity.session", status: 200,
			params: []param{optional("auth_method")}, handle: (*Server).deleteSession,
		},
	}
}

func otpRoutes() []operation     { return nil }
func keyRoutes() []operation     { return nil }
func serviceRoutes() []operation { return nil }

package barong

// accountRoutes are users/me, the activity log and data storage.
func accountRoutes() []operation {
	return []operation{
		{id: "getCurrentUser", method: "GET", path: "/resource/users/me", status: 200, handle: (*Server).getCurrentUser},
	}
}

func phoneRoutes() []operation { return nil }

// documentRoutes are documents and addresses.
func documentRoutes() []operation { return nil }

func profileRoutes() []operation { return nil }

func labelRoutes() []operation {
	return []operation{
		{
			id: "getLabel", method: "GET", path: "/resource/labels/{key}", namespace: "resource.label", status: 200,
			params: []param{need("key")}, handle: (*Server).getLabel,
		},
	}
}

// infoRoutes are the operations that tell about the deployment: configurations,
// version, time, ping, Geetest, the API description, the callback of the KYC
// provider, and the whitelist link.
func infoRoutes() []operation { return nil }

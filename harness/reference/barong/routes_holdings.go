package barong

// accountRoutes are users/me, the activity log and data storage.
func accountRoutes() []operation {
	return []operation{
		{
			id: "createDataStorage", method: "POST", path: "/resource/data_storage", namespace: "resource.datastorage", status: 201,
			params: []param{need("title"), need("data")}, handle: (*Server).createDataStorage,
		},
		{
			id: "listActivity", method: "GET", path: "/resource/users/activity/{topic}", namespace: "resource.user", status: 200,
			params: activityParams(), handle: (*Server).listActivity,
		},
		{
			id: "deleteCurrentUser", method: "DELETE", path: "/resource/users/me", namespace: "resource.user", status: 200,
			params: []param{need("password"), filled("otp_code")}, secrets: []string{"password"},
			handle: (*Server).deleteCurrentUser,
		},
		{
			id: "updateCurrentUser", method: "PUT", path: "/resource/users/me", namespace: "resource.user", status: 200,
			params: []param{need("data")}, handle: (*Server).updateCurrentUser,
		},
		{id: "getCurrentUser", method: "GET", path: "/resource/users/me", status: 200, handle: (*Server).getCurrentUser},
	}
}

func phoneRoutes() []operation {
	number, channel := need("phone_number"), oneOf("channel", "resource.phone.invalid_channel", "call", "sms")
	return []operation{
		{
			id: "verifyPhone", method: "POST", path: "/resource/phones/verify", namespace: "resource.phone", names400: true,
			status: 201, params: []param{number, need("verification_code")}, handle: (*Server).verifyPhone,
		},
		{
			id: "sendPhoneCode", method: "POST", path: "/resource/phones/send_code", namespace: "resource.phone", names400: true,
			status: 201, params: []param{number, channel}, handle: (*Server).sendPhoneCode,
		},
		{
			id: "createPhone", method: "POST", path: "/resource/phones", namespace: "resource.phone", names400: true,
			status: 201, params: []param{number, channel}, handle: (*Server).createPhone,
		},
		{id: "listPhones", method: "GET", path: "/resource/phones", status: 200, handle: (*Server).listPhones},
	}
}

// documentRoutes are documents and addresses.
func documentRoutes() []operation {
	return []operation{
		{
			id: "createDocument", method: "POST", path: "/resource/documents", namespace: "resource.document", names400: true,
			status: 201, params: documentParams(), handle: (*Server).createDocument,
		},
		{id: "listDocuments", method: "GET", path: "/resource/documents", status: 200, handle: (*Server).listDocuments},
		{
			id: "createAddress", method: "POST", path: "/resource/addresses", namespace: "resource.address", names400: true,
			status: 201, params: addressParams(), handle: (*Server).createAddress,
		},
	}
}

func profileRoutes() []operation {
	return []operation{
		{
			id: "updateProfile", method: "PUT", path: "/resource/profiles", namespace: "resource.profile", status: 200,
			params: profileParams(), handle: (*Server).updateProfile,
		},
		{
			id: "createProfile", method: "POST", path: "/resource/profiles", namespace: "resource.profile", status: 201,
			params: profileParams(), handle: (*Server).createProfile,
		},
		{id: "getProfiles", method: "GET", path: "/resource/profiles/me", status: 200, handle: (*Server).getProfiles},
	}
}

func labelRoutes() []operation {
	key := need("key")
	return []operation{
		{
			id: "deleteLabel", method: "DELETE", path: "/resource/labels/{key}", namespace: "resource.label", status: 204,
			params: []param{key}, handle: (*Server).deleteLabel,
		},
		{
			id: "updateLabel", method: "PATCH", path: "/resource/labels/{key}", namespace: "resource.label", names400: true,
			status: 200, params: []param{key, need("value")}, handle: (*Server).updateLabel,
		},
		{
			id: "getLabel", method: "GET", path: "/resource/labels/{key}", namespace: "resource.label", status: 200,
			params: []param{key}, handle: (*Server).getLabel,
		},
		{
			id: "createLabel", method: "POST", path: "/resource/labels", namespace: "resource.label", names400: true,
			status: 201, params: []param{key, need("value")}, handle: (*Server).createLabel,
		},
		{
			id: "listLabels", method: "GET", path: "/resource/labels", namespace: "resource.label", status: 200,
			params: []param{oneOf("ordering", "value", "asc", "desc")}, handle: (*Server).listLabels,
		},
	}
}

// infoRoutes are the operations that tell about the deployment: configurations,
// version, time, ping, Geetest, the API description, the callback of the KYC
// provider, and the whitelist link.
func infoRoutes() []operation {
	get := func(id, path string, handle func(*Server, *request) answer, params ...param) operation {
		return operation{id: id, method: "GET", path: path, status: 200, params: params, handle: handle}
	}
	return []operation{
		get("registerGeetest", "/identity/users/register_geetest", (*Server).registerGeetest),
		{
			id: "createWhitelist", method: "POST", path: "/identity/users/access", namespace: "identity.user", names400: true,
			status: 201, params: []param{need("whitelink_token")}, handle: (*Server).createWhitelist,
		},
		get("getIdentityConfigs", "/identity/configs", (*Server).showConfigs),
		get("getIdentityVersion", "/identity/version", (*Server).showVersion),
		get("getIdentityTime", "/identity/time", (*Server).identityTime),
		get("pingIdentity", "/identity/ping", (*Server).ping),
		get("getNamedSwaggerDoc", "/resource/swagger_doc/{name}", (*Server).getNamedSwaggerDoc, param{name: "name"}, optional("locale")),
		get("getSwaggerDoc", "/resource/swagger_doc", (*Server).getSwaggerDoc),
		get("getAuth0Configs", "/public/configs/auth0", (*Server).showAuth0),
		get("getPublicConfigs", "/public/configs", (*Server).showConfigs),
		get("getPublicVersion", "/public/version", (*Server).showVersion),
		get("getPublicTime", "/public/time", (*Server).publicTime),
		get("pingPublic", "/public/ping", (*Server).ping),
		{id: "receiveKYC", method: "POST", path: "/public/kyc", status: 200, handle: (*Server).receiveKYC},
	}
}

package barong

// captchaParam is text, or an object with Geetest.
func captchaParam(wrongType string) param {
	return param{name: "captcha_response", kind: textOrObject, wrongType: wrongType}
}

func identityRoutes() []operation {
	return []operation{
		{
			id: "confirmPasswordReset", method: "POST", path: "/identity/users/password/confirm_code",
			namespace: "identity.user", names400: true, status: 201, secrets: []string{"password"},
			params: []param{
				{name: "reset_password_token", required: true, filled: true, missing: "identity.user.missing_pass_token"},
				need("password"), need("confirm_password"),
			},
			handle: (*Server).confirmReset,
		},
		{
			id: "requestPasswordReset", method: "POST", path: "/identity/users/password/generate_code",
			namespace: "identity.user", names400: true, status: 201,
			params: []param{need("email"), captchaParam("")}, handle: (*Server).requestReset,
		},
		{
			id: "confirmEmail", method: "POST", path: "/identity/users/email/confirm_code",
			namespace: "identity.user", names400: true, status: 201,
			params: []param{need("token")}, handle: (*Server).confirmEmail,
		},
		{
			id: "requestEmailConfirmation", method: "POST", path: "/identity/users/email/generate_code",
			namespace: "identity.user", names400: true, status: 201,
			params: []param{need("email"), captchaParam("")}, handle: (*Server).requestConfirmation,
		},
		{
			id: "createUser", method: "POST", path: "/identity/users",
			namespace: "identity.user", names400: true, status: 201, secrets: []string{"password"},
			params: []param{
				need("email"), need("password"), optional("username"), optional("refid"), captchaParam(""), optional("data"),
			},
			handle: (*Server).createUser,
		},
		{
			id: "createSessionByAuth0", method: "POST", path: "/identity/sessions/auth0",
			namespace: "identity.session", names400: true, status: 201,
			params: []param{need("id_token")}, handle: (*Server).createSessionByAuth0,
		},
		{
			id: "deleteSession", method: "DELETE", path: "/identity/sessions", namespace: "identity.session", status: 200,
			params: []param{optional("auth_method")}, handle: (*Server).deleteSession,
		},
		{
			id: "createSession", method: "POST", path: "/identity/sessions",
			namespace: "identity.session", names400: true, status: 200, secrets: []string{"password"},
			params: []param{
				{name: "email", kind: untyped, required: true}, {name: "password", kind: untyped, required: true},
				captchaParam("identity.session.invalid_captcha_format"), optional("otp_code"),
			},
			handle: (*Server).createSession,
		},
		{
			id: "validateIdentityPassword", method: "POST", path: "/identity/password/validate", namespace: "identity.general",
			status: 201, params: []param{{name: "password", required: true}}, handle: (*Server).validatePassword,
		},
		{
			id: "validatePublicPassword", method: "POST", path: "/public/password/validate", namespace: "public.general",
			status: 201, params: []param{{name: "password", required: true}}, handle: (*Server).validatePassword,
		},
		{
			id: "changePassword", method: "PUT", path: "/resource/users/password", namespace: "resource.user",
			names400: true, status: 201, secrets: []string{"old_password", "new_password"},
			params: []param{need("old_password"), need("new_password"), need("confirm_password")}, handle: (*Server).changePassword,
		},
	}
}

func otpRoutes() []operation {
	row := func(id, name string, status int, handle func(*Server, *request) answer) operation {
		return operation{
			id: id, method: "POST", path: "/resource/otp/" + name, namespace: "resource.otp", names400: true,
			status: status, params: []param{need("code")}, handle: handle,
		}
	}
	generate := row("generateQRCode", "generate_qrcode", 201, (*Server).generateQRCode)
	generate.params = nil
	return []operation{
		row("verifyOTP", "verify", 201, (*Server).verifyOTP),
		row("disableOTP", "disable", 200, (*Server).disableOTP),
		row("enableOTP", "enable", 201, (*Server).enableOTP),
		generate,
	}
}

// keyList is what lists of keys take.
func keyList(namespace string) []param {
	return append([]param{
		oneOf("ordering", namespace+".invalid_ordering", "asc", "desc"),
		oneOf("order_by", namespace+".invalid_attribute", keyColumns...),
	}, paging()...)
}

func keyRoutes() []operation {
	const path, namespace = "/resource/api_keys", "resource.apikey"
	newCode := param{name: "totp_code", required: true, filled: true, missing: "resource.api_key.missing_totp"}
	return []operation{
		{
			id: "listKeys", method: "GET", path: path, namespace: namespace, status: 200,
			params: keyList("resource.api_key"), handle: (*Server).listKeys,
		},
		{
			id: "createKey", method: "POST", path: path, namespace: namespace, names400: true, status: 201,
			params: []param{need("algorithm"), filled("scope"), newCode}, handle: (*Server).createKey,
		},
		{
			id: "deleteKey", method: "DELETE", path: path + "/{kid}", namespace: namespace, names400: true, status: 204,
			params: []param{need("kid"), need("totp_code")}, handle: (*Server).deleteKey,
		},
		{
			id: "updateKey", method: "PATCH", path: path + "/{kid}", namespace: namespace, names400: true, status: 200,
			params: []param{need("kid"), filled("scope"), filled("state"), need("totp_code")}, handle: (*Server).updateKey,
		},
	}
}

func serviceRoutes() []operation {
	const path, namespace = "/resource/service_accounts/api_keys", "resource.serviceaccount"
	uid := param{
		name: "service_account_uid", required: true,
		wrongType: "resource.service_account.non_string_service_account_uid",
	}
	newCode := param{
		name: "totp_code", required: true, filled: true, missing: "resource.service_accounts.missing_totp", names400: true,
	}
	return []operation{
		{
			id: "listServiceAccounts", method: "GET", path: "/resource/service_accounts", status: 200,
			handle: (*Server).listServices,
		},
		{
			id: "listServiceAccountKeys", method: "GET", path: path, namespace: namespace, status: 200,
			params: append([]param{uid}, keyList("resource.service_accounts")...), handle: (*Server).listServiceKeys,
		},
		{
			id: "createServiceAccountKey", method: "POST", path: path, namespace: namespace, status: 201,
			params: []param{uid, need("algorithm"), filled("scope"), newCode}, handle: (*Server).createServiceKey,
		},
		{
			id: "updateServiceAccountKey", method: "PUT", path: path + "/{kid}", namespace: namespace, names400: true, status: 200,
			params: []param{uid, need("kid"), filled("scope"), filled("state"), need("totp_code")}, handle: (*Server).updateServiceKey,
		},
		{
			id: "deleteServiceAccountKey", method: "DELETE", path: path + "/{kid}", namespace: namespace, names400: true, status: 204,
			params: []param{uid, need("kid"), need("totp_code")}, handle: (*Server).deleteServiceKey,
		},
	}
}

package client

import (
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// operations are those of the contract, in the order of document 002.
type operations struct {
	// identity
	ConfirmPasswordReset, RequestPasswordReset, ConfirmEmail, RequestEmailConfirmation,
	RegisterGeetest, CreateUser, CreateWhitelist,
	CreateSessionByAuth0, DeleteSession, CreateSession,
	GetIdentityConfigs, GetIdentityVersion, GetIdentityTime, PingIdentity, ValidateIdentityPassword,
	// resource
	GetNamedSwaggerDoc, GetSwaggerDoc,
	UpdateServiceAccountKey, DeleteServiceAccountKey, CreateServiceAccountKey, ListServiceAccountKeys, ListServiceAccounts,
	CreateDataStorage,
	ListKeys, CreateKey, DeleteKey, UpdateKey,
	VerifyOTP, DisableOTP, EnableOTP, GenerateQRCode,
	VerifyPhone, SendPhoneCode, CreatePhone, ListPhones,
	CreateDocument, ListDocuments,
	UpdateProfile, CreateProfile, GetProfiles,
	DeleteLabel, UpdateLabel, GetLabel, CreateLabel, ListLabels,
	ChangePassword, ListActivity, DeleteCurrentUser, UpdateCurrentUser, GetCurrentUser, CreateAddress,
	// public
	GetAuth0Configs, GetPublicConfigs, GetPublicVersion, GetPublicTime, PingPublic, ValidatePublicPassword, ReceiveKYC,
	// the AuthZ endpoint, which document 002 leaves out
	AuthorizeRead, AuthorizeWrite, AuthorizePublic, AuthorizeManagement, AuthorizeAdmin *contract.Operation
}

func newOperations(s *conform.Context) operations {
	op := s.Operation
	return operations{
		ConfirmPasswordReset: op("confirmPasswordReset"), RequestPasswordReset: op("requestPasswordReset"),
		ConfirmEmail: op("confirmEmail"), RequestEmailConfirmation: op("requestEmailConfirmation"),
		RegisterGeetest: op("registerGeetest"), CreateUser: op("createUser"), CreateWhitelist: op("createWhitelist"),
		CreateSessionByAuth0: op("createSessionByAuth0"), DeleteSession: op("deleteSession"), CreateSession: op("createSession"),
		GetIdentityConfigs: op("getIdentityConfigs"), GetIdentityVersion: op("getIdentityVersion"), GetIdentityTime: op("getIdentityTime"),
		PingIdentity: op("pingIdentity"), ValidateIdentityPassword: op("validateIdentityPassword"),

		GetNamedSwaggerDoc: op("getNamedSwaggerDoc"), GetSwaggerDoc: op("getSwaggerDoc"),
		UpdateServiceAccountKey: op("updateServiceAccountKey"), DeleteServiceAccountKey: op("deleteServiceAccountKey"),
		CreateServiceAccountKey: op("createServiceAccountKey"), ListServiceAccountKeys: op("listServiceAccountKeys"),
		ListServiceAccounts: op("listServiceAccounts"), CreateDataStorage: op("createDataStorage"),
		ListKeys: op("listKeys"), CreateKey: op("createKey"), DeleteKey: op("deleteKey"), UpdateKey: op("updateKey"),
		VerifyOTP: op("verifyOTP"), DisableOTP: op("disableOTP"), EnableOTP: op("enableOTP"), GenerateQRCode: op("generateQRCode"),
		VerifyPhone: op("verifyPhone"), SendPhoneCode: op("sendPhoneCode"), CreatePhone: op("createPhone"), ListPhones: op("listPhones"),
		CreateDocument: op("createDocument"), ListDocuments: op("listDocuments"),
		UpdateProfile: op("updateProfile"), CreateProfile: op("createProfile"), GetProfiles: op("getProfiles"),
		DeleteLabel: op("deleteLabel"), UpdateLabel: op("updateLabel"), GetLabel: op("getLabel"), CreateLabel: op("createLabel"),
		ListLabels:     op("listLabels"),
		ChangePassword: op("changePassword"), ListActivity: op("listActivity"),
		DeleteCurrentUser: op("deleteCurrentUser"), UpdateCurrentUser: op("updateCurrentUser"), GetCurrentUser: op("getCurrentUser"),
		CreateAddress: op("createAddress"),

		GetAuth0Configs: op("getAuth0Configs"), GetPublicConfigs: op("getPublicConfigs"), GetPublicVersion: op("getPublicVersion"),
		GetPublicTime: op("getPublicTime"), PingPublic: op("pingPublic"), ValidatePublicPassword: op("validatePublicPassword"),
		ReceiveKYC: op("receiveKYC"),

		AuthorizeRead: op("authorizeRead"), AuthorizeWrite: op("authorizeWrite"), AuthorizePublic: op("authorizePublic"),
		AuthorizeManagement: op("authorizeManagement"), AuthorizeAdmin: op("authorizeAdmin"),
	}
}

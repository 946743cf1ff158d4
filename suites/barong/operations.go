package barong

import (
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// operations are those of the contract, in the order of document 002.
type operations struct {
	// identity
	confirmPasswordReset, requestPasswordReset, confirmEmail, requestEmailConfirmation,
	registerGeetest, createUser, createWhitelist,
	createSessionByAuth0, deleteSession, createSession,
	getIdentityConfigs, getIdentityVersion, getIdentityTime, pingIdentity, validateIdentityPassword,
	// resource
	getNamedSwaggerDoc, getSwaggerDoc,
	updateServiceAccountKey, deleteServiceAccountKey, createServiceAccountKey, listServiceAccountKeys, listServiceAccounts,
	createDataStorage,
	listKeys, createKey, deleteKey, updateKey,
	verifyOTP, disableOTP, enableOTP, generateQRCode,
	verifyPhone, sendPhoneCode, createPhone, listPhones,
	createDocument, listDocuments,
	updateProfile, createProfile, getProfiles,
	deleteLabel, updateLabel, getLabel, createLabel, listLabels,
	changePassword, listActivity, deleteCurrentUser, updateCurrentUser, getCurrentUser, createAddress,
	// public
	getAuth0Configs, getPublicConfigs, getPublicVersion, getPublicTime, pingPublic, validatePublicPassword, receiveKYC,
	// the AuthZ endpoint, which document 002 leaves out
	authorizeRead, authorizeWrite, authorizePublic, authorizeManagement, authorizeAdmin *contract.Operation
}

func newOperations(s *conform.Context) operations {
	op := s.Operation
	return operations{
		confirmPasswordReset: op("confirmPasswordReset"), requestPasswordReset: op("requestPasswordReset"),
		confirmEmail: op("confirmEmail"), requestEmailConfirmation: op("requestEmailConfirmation"),
		registerGeetest: op("registerGeetest"), createUser: op("createUser"), createWhitelist: op("createWhitelist"),
		createSessionByAuth0: op("createSessionByAuth0"), deleteSession: op("deleteSession"), createSession: op("createSession"),
		getIdentityConfigs: op("getIdentityConfigs"), getIdentityVersion: op("getIdentityVersion"), getIdentityTime: op("getIdentityTime"),
		pingIdentity: op("pingIdentity"), validateIdentityPassword: op("validateIdentityPassword"),

		getNamedSwaggerDoc: op("getNamedSwaggerDoc"), getSwaggerDoc: op("getSwaggerDoc"),
		updateServiceAccountKey: op("updateServiceAccountKey"), deleteServiceAccountKey: op("deleteServiceAccountKey"),
		createServiceAccountKey: op("createServiceAccountKey"), listServiceAccountKeys: op("listServiceAccountKeys"),
		listServiceAccounts: op("listServiceAccounts"), createDataStorage: op("createDataStorage"),
		listKeys: op("listKeys"), createKey: op("createKey"), deleteKey: op("deleteKey"), updateKey: op("updateKey"),
		verifyOTP: op("verifyOTP"), disableOTP: op("disableOTP"), enableOTP: op("enableOTP"), generateQRCode: op("generateQRCode"),
		verifyPhone: op("verifyPhone"), sendPhoneCode: op("sendPhoneCode"), createPhone: op("createPhone"), listPhones: op("listPhones"),
		createDocument: op("createDocument"), listDocuments: op("listDocuments"),
		updateProfile: op("updateProfile"), createProfile: op("createProfile"), getProfiles: op("getProfiles"),
		deleteLabel: op("deleteLabel"), updateLabel: op("updateLabel"), getLabel: op("getLabel"), createLabel: op("createLabel"), listLabels: op("listLabels"),
		changePassword: op("changePassword"), listActivity: op("listActivity"),
		deleteCurrentUser: op("deleteCurrentUser"), updateCurrentUser: op("updateCurrentUser"), getCurrentUser: op("getCurrentUser"),
		createAddress: op("createAddress"),

		getAuth0Configs: op("getAuth0Configs"), getPublicConfigs: op("getPublicConfigs"), getPublicVersion: op("getPublicVersion"),
		getPublicTime: op("getPublicTime"), pingPublic: op("pingPublic"), validatePublicPassword: op("validatePublicPassword"), receiveKYC: op("receiveKYC"),

		authorizeRead: op("authorizeRead"), authorizeWrite: op("authorizeWrite"), authorizePublic: op("authorizePublic"),
		authorizeManagement: op("authorizeManagement"), authorizeAdmin: op("authorizeAdmin"),
	}
}

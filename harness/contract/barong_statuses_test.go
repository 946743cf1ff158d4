package contract_test

// barongStatuses are the statuses of every outcome that is an operation's own:
// operation, status, outcomes. Three statuses are those of 2.6, documented and
// 3.1; "-" where a profile promises nothing. Outcomes that many operations share
// by rule are in barong_test.go.
const barongStatuses = `
confirmPasswordReset 201 ok
confirmPasswordReset 422 passwords-differ token-malformed token-undecodable token-forged token-algorithm token-unsigned token-expired token-is-session token-foreign-issuer token-foreign-audience token-without-id token-from-future token-wrong-kind token-used password-requirements password-weak password-too-long
confirmPasswordReset 422/400/422 missing-reset-password-token empty-reset-password-token missing-password empty-password missing-confirm-password empty-confirm-password no-members
requestPasswordReset 201 ok
requestPasswordReset 201/404/201 unknown-email
requestPasswordReset 400 captcha-required captcha-fields
requestPasswordReset 422 captcha-refused
requestPasswordReset 422/400/422 missing-email empty-email no-members
confirmEmail 201 ok
confirmEmail 422 token-malformed token-undecodable token-forged token-algorithm token-unsigned token-expired token-is-session token-foreign-issuer token-foreign-audience token-without-id token-from-future token-wrong-kind already-confirmed
confirmEmail 422/400/422 missing-token empty-token no-members
requestEmailConfirmation 201 ok unknown-email already-active
requestEmailConfirmation 400 captcha-required captcha-fields
requestEmailConfirmation 422 captcha-refused
requestEmailConfirmation 422/400/422 missing-email empty-email no-members
registerGeetest 200 ok
createUser 201 ok
createUser 400 captcha-required captcha-fields
createUser 422 captcha-refused referral-malformed referral-unknown email-invalid email-taken username-too-short username-too-long username-invalid username-taken username-empty password-requirements password-weak password-too-long data-invalid data-too-long several
createUser 5XX/-/5XX email-taken-other-case
createUser 422/400/422 missing-email empty-email missing-password empty-password no-members
createWhitelist 201/200/201 ok
createWhitelist 422 token-unknown address-taken address-v6
createWhitelist 422/400/422 missing-whitelink-token empty-whitelink-token no-members
createSessionByAuth0 201/200/201 ok
createSessionByAuth0 401 no-email-claim unverified-unknown
createSessionByAuth0 422 token-refused-auth0
createSessionByAuth0 -/-/422 method-off
createSessionByAuth0 422/400/422 missing-id-token empty-id-token no-members
deleteSession 200/204/200 ok
deleteSession 404 not-found
deleteSession -/-/422 method-unknown
createSession 200/201/200 ok
createSession 401 bad-credentials banned deleted locked second-factor-required
createSession 403 second-factor-wrong
createSession 422 second-factor-replayed captcha-format captcha-refused
createSession 400 captcha-required captcha-fields
createSession 5XX/-/5XX email-object
createSession -/-/429 throttled
createSession 422/400/422 missing-email missing-password no-members
getIdentityConfigs 200 ok
getIdentityVersion 200 ok
getIdentityTime 200 ok
pingIdentity 200 ok cors-preflight
pingIdentity 204 options
validateIdentityPassword 201 ok
validateIdentityPassword 5XX/-/5XX null-password
validateIdentityPassword 422 missing-password no-members
getNamedSwaggerDoc 200 ok open-directly
getNamedSwaggerDoc 400 unknown-name
getSwaggerDoc 200 ok open-directly
updateServiceAccountKey 200 ok
updateServiceAccountKey 404 account-unknown not-found
updateServiceAccountKey 400 second-factor-unavailable
updateServiceAccountKey 422 second-factor-wrong second-factor-replayed uid-not-text empty-scope empty-state
updateServiceAccountKey 422/400/422 missing-service-account-uid missing-totp-code empty-totp-code no-members
deleteServiceAccountKey 204 ok
deleteServiceAccountKey 404 account-unknown not-found
deleteServiceAccountKey 400 second-factor-unavailable
deleteServiceAccountKey 422 second-factor-wrong second-factor-replayed uid-not-text
deleteServiceAccountKey 422/400/422 missing-service-account-uid missing-totp-code empty-totp-code
createServiceAccountKey 201 ok
createServiceAccountKey 404 account-unknown
createServiceAccountKey 400 second-factor-unavailable
createServiceAccountKey 422 second-factor-wrong second-factor-replayed algorithm-unknown uid-not-text missing-service-account-uid missing-algorithm empty-algorithm empty-scope
createServiceAccountKey 422/400/422 missing-totp-code empty-totp-code
createServiceAccountKey 422/-/422 no-members
listServiceAccountKeys 200 ok
listServiceAccountKeys 422 missing-service-account-uid bad-ordering bad-order-by page-not-integer page-not-positive limit-not-integer limit-out-of-range
listServiceAccountKeys 404 account-unknown
listServiceAccounts 200 ok
createDataStorage 201 ok
createDataStorage 422 title-unknown title-reserved title-taken data-invalid data-too-long missing-title empty-title missing-data empty-data no-members
listKeys 200 ok
listKeys 422 bad-ordering bad-order-by page-not-integer page-not-positive limit-not-integer limit-out-of-range
createKey 201 ok
createKey 400 second-factor-unavailable
createKey 422 second-factor-wrong second-factor-replayed algorithm-unknown algorithm-other holder-pending empty-scope
createKey 422/400/422 missing-algorithm empty-algorithm missing-totp-code empty-totp-code no-members
deleteKey 204 ok
deleteKey 400 second-factor-unavailable
deleteKey 422 second-factor-wrong second-factor-replayed
deleteKey 404 not-found
deleteKey 422/400/422 missing-totp-code empty-totp-code
updateKey 200 ok
updateKey 400 second-factor-unavailable
updateKey 422 second-factor-wrong second-factor-replayed empty-scope empty-state
updateKey 404 not-found
updateKey 422/400/422 missing-totp-code empty-totp-code no-members
verifyOTP 201/200/201 ok
verifyOTP 400 not-enabled
verifyOTP 422 second-factor-wrong second-factor-replayed
verifyOTP 422/400/422 missing-code empty-code no-members
disableOTP 200 ok
disableOTP 400 not-enabled
disableOTP 422 second-factor-wrong second-factor-replayed
disableOTP 422/400/422 missing-code empty-code no-members
enableOTP 201/200/201 ok
enableOTP 400 already-enabled
enableOTP 422 second-factor-wrong second-factor-replayed
enableOTP 422/400/422 missing-code empty-code no-members
generateQRCode 201/200/201 ok
generateQRCode 400 already-enabled
verifyPhone 201 ok
verifyPhone 400 number-invalid number-taken
verifyPhone 404 not-found code-wrong
verifyPhone -/-/400 too-many-retries
verifyPhone -/-/429 throttled
verifyPhone 422/400/422 missing-phone-number empty-phone-number missing-verification-code empty-verification-code no-members
sendPhoneCode 201/200/201 ok
sendPhoneCode 400 number-invalid number-taken
sendPhoneCode 404 not-found
sendPhoneCode 422 channel-unknown channel-type
sendPhoneCode -/-/400 too-fast too-many-retries
sendPhoneCode -/-/429 throttled
sendPhoneCode 422/400/422 missing-phone-number empty-phone-number no-members
createPhone 201/200/201 ok
createPhone 400 number-invalid number-taken number-own
createPhone 422 channel-unknown channel-type
createPhone -/-/400 too-many-unverified
createPhone -/-/429 throttled
createPhone 422/400/422 missing-phone-number empty-phone-number no-members
listPhones 200 ok
createDocument 201 ok
createDocument 422 expire-not-a-date expire-missing already-expired category-unknown type-unknown number-invalid number-too-long metadata-invalid upload-not-a-file upload-extension
createDocument 400 limit-ahead
createDocument 5XX/-/5XX upload-single
createDocument 422/400/422 missing-doc-type empty-doc-type missing-doc-number empty-doc-number missing-upload no-members
listDocuments 200 ok
updateProfile 200 ok
updateProfile 404 not-editable
updateProfile 422 first-name-invalid last-name-invalid city-invalid address-invalid postcode-invalid postcode-too-short postcode-too-long country-invalid dob-future metadata-invalid
createProfile 201 ok
createProfile 422/409/422 exists
createProfile 422 first-name-invalid last-name-invalid city-invalid address-invalid postcode-invalid postcode-too-short postcode-too-long country-invalid dob-future metadata-invalid
getProfiles 200 ok
getProfiles 200/404/200 none
deleteLabel 204 ok
deleteLabel 404 not-found
deleteLabel 400 private
updateLabel 200 ok value-echoed
updateLabel 404 not-found
updateLabel 400 private
updateLabel 422/400/422 missing-value empty-value no-members
getLabel 200 ok
getLabel 404 not-found
createLabel 201 ok
createLabel 422 key-too-short key-too-long key-invalid key-taken value-too-short value-too-long value-invalid
createLabel 422/400/422 missing-key empty-key missing-value empty-value no-members
listLabels 200 ok
listLabels 422 bad-ordering
changePassword 201 ok
changePassword 422 passwords-differ password-requirements password-weak password-too-long
changePassword 400 bad-credentials unchanged
changePassword -/-/429 throttled
changePassword 422/400/422 missing-old-password empty-old-password missing-new-password empty-new-password missing-confirm-password empty-confirm-password no-members
listActivity 200 ok past-end
listActivity 422 nothing topic-unknown from-not-integer to-not-integer empty-from empty-to empty-result page-not-integer page-not-positive limit-not-integer limit-out-of-range
deleteCurrentUser 200/204/200 ok
deleteCurrentUser 422 bad-credentials second-factor-required empty-otp-code second-factor-wrong second-factor-replayed missing-password empty-password no-members
updateCurrentUser 200 ok
updateCurrentUser 422 data-invalid data-too-long missing-data empty-data no-members
getCurrentUser 200 ok
getCurrentUser 401 session-mismatch user-not-active api-key-unknown nonce-invalid nonce-expired signature-wrong api-key-inactive restricted-ip
getCurrentUser 422 api-key-headers
getCurrentUser 403 restricted-subnet
getCurrentUser 471 maintenance
getCurrentUser 404 not-found
createAddress 201 ok
createAddress 422 expiry-needed
createAddress 5XX/-/5XX upload-single
createAddress 422/400/422 missing-country empty-country missing-address empty-address missing-upload missing-city missing-postcode no-members
getAuth0Configs 200 ok
getPublicConfigs 200 ok
getPublicVersion 200 ok
getPublicTime 200 ok
pingPublic 200 ok
validatePublicPassword 201 ok
validatePublicPassword 5XX/-/5XX null-password
validatePublicPassword 422 missing-password no-members
receiveKYC 200/201/200 ok
receiveKYC 422 unavailable
authorizeRead 200 ok
authorizeRead 401 invalid-session session-mismatch user-not-active api-key-unknown nonce-invalid nonce-expired signature-wrong api-key-inactive restricted-ip
authorizeRead 422 api-key-headers
authorizeRead 403 restricted-subnet
authorizeRead 471 maintenance
authorizeRead 401/401/200 preflight
authorizeWrite 200 ok
authorizeWrite 401 csrf-missing csrf-mismatch
authorizePublic 200 ok
authorizePublic 401 login-blocked
authorizeManagement 401 forbidden
authorizeAdmin 401 forbidden unauthenticated`

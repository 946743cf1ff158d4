package barong

import "time"

// account is one user row with everything that hangs on it.
type account struct {
	id                      int
	uid, email, role, state string
	username, referralUID   *string
	data                    *string // JSON text
	level                   int
	otp, otpAtFirst         bool // whether 2FA is on, and was when the account was made
	created, updated        time.Time

	// password is kept in clear until it is first asked for, so that seeding a pool
	// hashes nothing; then only the hash is left.
	password, passwordHash string

	totpSecret string   // Base32; "" when no QR code was ever made
	oldSecrets []string // replaced ones, for faults

	resetToken  string   // the one reset link that counts
	resetTokens []string // all of them, for faults
	confirmID   string   // jti of the newest confirmation mail
	usedTokens  map[string]bool
	lastCSRF    string

	labels    []*label
	phones    []*phone
	profiles  []*profile
	documents []*document
	storages  []*storage
	keys      []*apiKey
	services  []*serviceAccount
}

type label struct {
	key, value, scope string // scope: public or private
	created, updated  time.Time
}

const (
	public  = "public"
	private = "private"
)

type phone struct {
	country      string // ISO 3166-1 alpha-2
	callingCode  string // digits in front of the national number
	number       string // international, digits only
	code         string // made once, never changes
	validated    time.Time
	sent         time.Time // last text message
	sends, tries int
}

type profile struct {
	firstName, lastName, address, postcode, city, country *string
	dob                                                   *time.Time
	metadata                                              *string // JSON text
	state                                                 string  // drafted, submitted, verified, rejected
	created, updated                                      time.Time
}

type document struct {
	fileName, fileType string
	kind, number       string
	expire             *time.Time
	metadata           *string
	created, updated   time.Time
}

type storage struct {
	title, data      string
	created, updated time.Time
}

// apiKey belongs to an account or to one of its service accounts.
type apiKey struct {
	id               int
	kid, secret      string
	algorithm        string
	scope            []string
	state            string
	created, updated time.Time
}

type serviceAccount struct {
	id               int
	uid, email, role string
	level            int
	state            string
	owner            *account
	keys             []*apiKey
	created, updated time.Time
}

// activity is one line of the log a user can read.
type activity struct {
	id                                    int
	account                               *account
	address, agent, topic, action, result string
	data                                  *string // JSON text
	created                               time.Time
}

// Results of an activity.
const (
	succeed = "succeed"
	failed  = "failed"
)

// Topics of an activity.
const (
	topicSession  = "session"
	topicOTP      = "otp"
	topicPassword = "password"
	topicAccount  = "account"
)

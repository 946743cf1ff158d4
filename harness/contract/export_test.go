package contract

// CheckSources switches the check of sources on, as it will be for all.
func CheckSources(on bool) { checkSources = on }

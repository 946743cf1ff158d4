package verdict

import (
	"fmt"
	"time"
)

// Judge turns what a spec observed into a verdict and the reason for it; the
// reason is empty where the verdict speaks for itself.
//
//   - passed with no recorded check is ERROR: a spec that asserts nothing
//     proves nothing;
//   - failed is FAIL for a MUST and WARN for a SHOULD or INFO;
//   - a deviation valid on today turns failed into KNOWN and passed into
//     STALE, at every level: a list that no longer fits the target is red;
//   - an expired deviation is red at every level: failed is FAIL and passed STALE,
//     until it is renewed or removed;
//   - feature-present is FAIL at every level and under any deviation, because
//     what is wrong is the target file, and that is to be corrected;
//   - a deviation never excuses a clause that could not be judged;
//   - an unknown level or state is ERROR, never a guess.
func Judge(level Level, st State, checks int, dev *Deviation, today time.Time) (Verdict, string) {
	if level != MUST && level != SHOULD && level != INFO {
		return ERROR, fmt.Sprintf("level %q is none of MUST, SHOULD, INFO: correct the clause", level)
	}
	switch st {
	case Passed:
		return judgePassed(checks, dev, today)
	case Failed:
		return judgeFailed(level, dev, today)
	case FeaturePresent:
		return FAIL, "the target file declares this feature absent, but the target has it: correct the target file"
	case Errored:
		return ERROR, unexcused("the check could not be carried out", dev)
	case Untestable:
		return UNTESTABLE, unexcused("a precondition of the check was not met", dev)
	case NotApplicable:
		return NOT_APPLICABLE, "the target file declares this feature absent"
	case NotRun:
		return NOT_RUN, "the run ended before this clause was checked"
	case Filtered:
		return FILTERED, "not selected for this run"
	}
	return ERROR, fmt.Sprintf("the spec ended in the unknown state %q", st)
}

func judgePassed(checks int, dev *Deviation, today time.Time) (Verdict, string) {
	switch {
	case checks < 1:
		return ERROR, "the spec passed without recording a check, so it proves nothing"
	case dev == nil:
		return PASS, ""
	case dev.ValidOn(today):
		return STALE, "a deviation lists this clause as failing, but it passes: remove it from the target file (" + describe(dev) + ")"
	}
	return STALE, "an expired deviation still lists this clause, which passes: remove it from the target file (" + describe(dev) + ")"
}

func judgeFailed(level Level, dev *Deviation, today time.Time) (Verdict, string) {
	if dev != nil && dev.ValidOn(today) {
		return KNOWN, "accepted deviation: " + describe(dev) + soon(dev, today)
	}
	if dev != nil {
		return FAIL, "the deviation that lists this clause has expired and no longer excuses it: mend the deployment, or accept it anew (" +
			describe(dev) + ")"
	}
	if level == MUST {
		return FAIL, ""
	}
	return WARN, ""
}

// Notice is how long before its end a deviation is warned about.
const Notice = 14 * 24 * time.Hour

// EndsSoon tells whether a deviation that holds today does so for no longer than
// the notice.
func (d Deviation) EndsSoon(today time.Time) bool {
	return d.ValidOn(today) && !d.ValidOn(today.Add(Notice))
}

func soon(dev *Deviation, today time.Time) string {
	if !dev.EndsSoon(today) {
		return ""
	}
	return fmt.Sprintf("; it ends within %d days, and is red then", int(dev.Expires.Sub(today).Hours()/24)+1)
}

func unexcused(reason string, dev *Deviation) string {
	if dev == nil {
		return reason
	}
	return reason + "; a deviation does not excuse that"
}

func describe(dev *Deviation) string {
	text := dev.Reason
	if dev.Link != "" {
		text += ", " + dev.Link
	}
	if dev.Owner != "" {
		text += ", owner " + dev.Owner
	}
	if dev.Expires.IsZero() {
		return text + ", no expiry date"
	}
	lastDay := dev.Expires.Add(-time.Nanosecond).UTC().Format(time.DateOnly)
	return text + ", good through " + lastDay
}

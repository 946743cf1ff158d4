package doctor

import (
	"strings"
	"testing"

	"authconform/harness/target"
)

// The reference that stands in for a target may lack what the target has.
func TestFeaturesAreToldAsTheTargetFileDeclaresThem(t *testing.T) {
	file := &target.Target{Features: map[string]bool{"expiry": true, "captcha": false}}
	for feature, want := range map[string]string{"expiry": "", "captcha": "absent", "other": "does not declare"} {
		told, judged := ofFeature(`the target file declares the feature "`+feature+`" absent, and the target does not show it`, file)
		if judged != (want == "") || !strings.Contains(told, want) {
			t.Errorf("%s: %q, judged %t", feature, told, judged)
		}
	}
	if told, judged := ofFeature("it reads mails, and the target file names no inbox", file); judged ||
		!strings.HasPrefix(told, "it reads mails") {
		t.Errorf("another reason: %q, judged %t", told, judged)
	}
}

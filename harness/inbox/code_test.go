package inbox

import "testing"

func TestCodeInAnyForm(t *testing.T) {
	for _, c := range []struct {
		mail Message
		want string
	}{
		{Message{Text: "Your code is 123456. © 2026"}, "123456"},
		{Message{Text: "© 2026 Warren\nYour code is 4821."}, "4821"},
		{Message{Text: "Your code is 2026."}, "2026"},
		{Message{Text: "Order 12345, code 123456"}, "123456"},
		{Message{Text: "Your code: 123 456"}, "123456"},
		{Message{Text: "123-456 is your code"}, "123456"},
		{Message{Text: "Your code: 123\u00a0456."}, "123456"},
		{Message{HTML: "<p>Code</p><span>1</span><span>2</span><span>3</span><span>4</span><span>5</span> <b>6</b>"}, "123456"},
		{Message{HTML: `<a href="https://x.test/verify?user=7&amp;code=123456">Verify</a>`}, "123456"},
		{Message{HTML: `<a href="https://click.test/?u=https%3A%2F%2Fx.test%2F%3Fotp%3D123456">Verify</a>`}, "123456"},
		{Message{Text: "Call +49 123 456 789, or 2026-11-28 12:30"}, ""},
		{Message{Text: "https://x.test/?postcode=123"}, ""},
		{Message{Text: "nothing"}, ""},
	} {
		if got := Code(c.mail, 6, 8, 7, 5, 4); got != c.want {
			t.Errorf("%q%q: %q, expected %q", c.mail.Text, c.mail.HTML, got, c.want)
		}
	}
}

package oscal

import "time"

// The parts of OSCAL 1.1.3's model of assessment results that are written here:
// https://pages.nist.gov/OSCAL/concepts/layer/assessment/assessment-results/. A list
// that would be empty is left out, as the model wants it.
type document struct {
	Results assessmentResults `json:"assessment-results"`
}

type assessmentResults struct {
	UUID     string     `json:"uuid"`
	Metadata metadata   `json:"metadata"`
	Plan     reference  `json:"import-ap"`
	Results  []result   `json:"results"`
	Back     backMatter `json:"back-matter"`
}

type metadata struct {
	Title    string    `json:"title"`
	Modified time.Time `json:"last-modified"`
	Version  string    `json:"version"`
	OSCAL    string    `json:"oscal-version"`
	Props    []prop    `json:"props,omitempty"`
	Remarks  string    `json:"remarks"`
}

type reference struct {
	Href    string `json:"href"`
	Remarks string `json:"remarks,omitempty"`
}

type prop struct {
	Name  string `json:"name"`
	NS    string `json:"ns"`
	Value string `json:"value"`
}

type result struct {
	UUID         string           `json:"uuid"`
	Title        string           `json:"title"`
	Description  string           `json:"description"`
	Start        time.Time        `json:"start"`
	End          time.Time        `json:"end"`
	Props        []prop           `json:"props,omitempty"`
	Local        local            `json:"local-definitions"`
	Controls     reviewedControls `json:"reviewed-controls"`
	Observations []observation    `json:"observations,omitempty"`
	Findings     []finding        `json:"findings,omitempty"`
	Remarks      string           `json:"remarks"`
}

type local struct {
	Components []component `json:"components"`
	Assets     assets      `json:"assessment-assets"`
}

type component struct {
	UUID        string `json:"uuid"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Status      struct {
		State string `json:"state"`
	} `json:"status"`
}

type assets struct {
	Components []component `json:"components"`
	Platforms  []platform  `json:"assessment-platforms"`
}

type platform struct {
	UUID  string `json:"uuid"`
	Title string `json:"title"`
	Uses  []used `json:"uses-components"`
}

type used struct {
	Component string `json:"component-uuid"`
}

type reviewedControls struct {
	Selections []selection `json:"control-selections"`
	Remarks    string      `json:"remarks,omitempty"`
}

type selection struct {
	Description string    `json:"description"`
	Include     []control `json:"include-controls,omitempty"`
}

type control struct {
	ID string `json:"control-id"`
}

type observation struct {
	UUID        string     `json:"uuid"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Props       []prop     `json:"props"`
	Methods     []string   `json:"methods"`
	Types       []string   `json:"types"`
	Origins     []origin   `json:"origins"`
	Subjects    []subject  `json:"subjects"`
	Evidence    []evidence `json:"relevant-evidence"`
	Collected   time.Time  `json:"collected"`
	Remarks     string     `json:"remarks,omitempty"`
}

type origin struct {
	Actors []actor `json:"actors"`
}

type actor struct {
	Type string `json:"type"`
	UUID string `json:"actor-uuid"`
}

type subject struct {
	UUID string `json:"subject-uuid"`
	Type string `json:"type"`
}

type evidence struct {
	Href        string `json:"href"`
	Description string `json:"description"`
}

type finding struct {
	UUID         string    `json:"uuid"`
	Title        string    `json:"title"`
	Description  string    `json:"description"`
	Target       target    `json:"target"`
	Observations []related `json:"related-observations"`
}

type target struct {
	Type   string `json:"type"`
	ID     string `json:"target-id"`
	Title  string `json:"title"`
	Status status `json:"status"`
}

type status struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
}

type related struct {
	UUID string `json:"observation-uuid"`
}

type backMatter struct {
	Resources []resource `json:"resources"`
}

type resource struct {
	UUID        string `json:"uuid"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

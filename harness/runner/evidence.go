package runner

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"authconform/harness/journal"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/page"
)

// page is what the page of a run shows of this exchange; calls is nil where there are
// none.
func (r *runner) page(report *reports.Report, calls *journal.Reader) page.Run {
	shown := page.Run{Report: report, References: r.standing, Passage: r.contract.Sources.Resolve}
	if calls != nil {
		shown.Call = calls.Call
	}
	return shown
}

// outputs are what is written beside the reports: the page, and CTRF where that is
// asked for. s is nil where the run is over one exchange.
func (o Options) outputs(s *reports.Several, runs ...page.Run) []reports.File {
	files := []reports.File{{Name: reports.PageFile, Write: func(w io.Writer) error {
		first := runs[0].Report // read when it is written: a finding may have changed its exit code
		head := page.Head{ExitCode: first.ExitCode, Meaning: first.Meaning, Started: first.Started, Finished: first.Finished}
		if s != nil {
			head = page.Head{
				ExitCode: s.ExitCode, Meaning: s.Meaning, Started: s.Started, Finished: s.Finished, Findings: s.Findings, Lost: s.Lost,
			}
		}
		if o.Compare != nil {
			head.Changes = o.Compare(reportsOf(runs))
		}
		return page.Write(w, head, runs)
	}}}
	if o.CTRF {
		files = append(files, reports.File{Name: reports.CTRFFile, Write: func(w io.Writer) error {
			return reports.CTRF(w, reportsOf(runs)...)
		}})
	}
	return files
}

func reportsOf(runs []page.Run) (all []*reports.Report) {
	for _, r := range runs {
		all = append(all, r.Report)
	}
	return all
}

// extent is how much of the calls of a run is reported.
func (r *runner) extent() reports.Extent {
	return reports.Extent{Every: r.options.Every, Most: r.target.Limits.MaxEvidence}
}

// pack packs the calls where that is asked for, once they were scanned.
func (o Options) pack(dir string) error {
	if !o.Gzip {
		return nil
	}
	return reports.Compress(dir)
}

// spares tells whether the journals of a run go once its outputs are written.
func (o Options) spares(r *reports.Report) bool {
	return !o.Every && !r.Interrupted && r.Counts[verdict.NOT_RUN] == 0
}

// tidy leaves of a run what its reader asked for, once all of it is written. The
// journals of a run that ended before its last clause stay: they are all that is left
// of it. The target file goes with them, for it serves to derive verdicts anew.
func (o Options) tidy(dir string, runs ...*reports.Report) error {
	var wrong []error
	for _, r := range runs {
		if !o.spares(r) {
			continue
		}
		folder := dir
		if len(runs) > 1 {
			folder = filepath.Join(dir, r.Exchange)
		}
		spare, err := filepath.Glob(filepath.Join(folder, "journal-*.ndjson"))
		wrong = append(wrong, err)
		for _, name := range append(spare, filepath.Join(folder, reports.TargetFile)) {
			if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
				wrong = append(wrong, err)
			}
		}
		if folder != dir {
			wrong = append(wrong, os.Remove(folder)) // empty by now
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return fmt.Errorf("cannot take the journals out of the run folder: %w", err)
	}
	return nil
}

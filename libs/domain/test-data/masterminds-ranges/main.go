// Prints expected.json anew: asks the library about every range and version that the file names.
package main

import (
	"encoding/json"
	"os"
	"strings"

	"github.com/Masterminds/semver/v3"
)

type table struct {
	Library  string             `json:"library"`
	Versions string             `json:"versions"`
	Ranges   map[string]*string `json:"ranges"`
}

func main() {
	data, err := os.ReadFile("expected.json")
	if err != nil {
		panic(err)
	}
	var known table
	if err := json.Unmarshal(data, &known); err != nil {
		panic(err)
	}
	for text := range known.Ranges {
		known.Ranges[text] = allowed(text, strings.Fields(known.Versions))
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(known); err != nil {
		panic(err)
	}
}

// allowed answers the versions that a range allows, or nil if the library refuses the range.
func allowed(text string, versions []string) *string {
	constraint, err := semver.NewConstraint(text)
	if err != nil {
		return nil
	}
	found := []string{}
	for _, version := range versions {
		if constraint.Check(semver.MustParse(version)) {
			found = append(found, version)
		}
	}
	joined := strings.Join(found, " ")
	return &joined
}

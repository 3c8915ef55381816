// Verifies an audit log with the code that Go's checksum database is verified with:
// go run . DIRECTORY VKEY
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, 0, len(indexes))
	for _, index := range indexes {
		hashes = append(hashes, m[index])
	}
	return hashes, nil
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func demand(condition bool, format string, values ...any) {
	if !condition {
		log.Fatalf(format, values...)
	}
}

// The checkpoint's size and root.
func open(path string, verifiers note.Verifiers) (int64, tlog.Hash) {
	bytes, err := os.ReadFile(path)
	check(err)
	opened, err := note.Open(bytes, verifiers)
	check(err)
	lines := strings.Split(opened.Text, "\n")
	demand(len(lines) == 4, "not a checkpoint")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	data, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	var root tlog.Hash
	demand(copy(root[:], data) == len(root), "a short root")
	return size, root
}

// Adds the records of one segment to the tree.
func read(path string, size int64, stored memory, next int64) (memory, int64) {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<17)
	for next < size && scanner.Scan() {
		hashes, err := tlog.StoredHashes(next, scanner.Bytes(), stored)
		check(err)
		stored = append(stored, hashes...)
		next++
	}
	check(scanner.Err())
	return stored, next
}

func main() {
	demand(len(os.Args) == 3, "usage: go run . DIRECTORY VKEY")
	directory := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	size, root := open(filepath.Join(directory, "checkpoint"), note.VerifierList(verifier))

	var stored memory
	next := int64(0)
	for next < size {
		before := next
		stored, next = read(filepath.Join(directory, "records", fmt.Sprintf("%010d.jsonl", next)), size, stored, next)
		demand(next > before, "record %d is missing", next)
	}
	made, err := tlog.TreeHash(size, stored)
	check(err)
	demand(made == root, "the root is another one")
	for index := int64(0); index < size; index += size/7 + 1 {
		proof, err := tlog.ProveRecord(size, index, stored)
		check(err)
		check(tlog.CheckRecord(proof, size, root, index, stored[tlog.StoredHashIndex(0, index)]))
	}
	for _, tile := range tlog.NewTiles(8, 0, size) {
		if tile.W != 256 {
			continue
		}
		wanted, err := tlog.ReadTileData(tile, stored)
		check(err)
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		found, err := os.ReadFile(filepath.Join(directory, "tile", path))
		if os.IsNotExist(err) {
			continue
		}
		check(err)
		demand(bytes.Equal(found, wanted), "tile %s is another one", path)
	}
	fmt.Printf("%d records, all as they were signed\n", size)
}

// creations creates the same Pod over and over as a dry run, until SIGTERM. Then it prints the counts, "created 120 injected 118
// refused 2 unanswered 1", and a line for each reason: "refused 2: ..." or "unanswered 1: connection refused". It reads the Pod
// as JSON from a file, and counts it as injected if the answer has the annotation podwright.dev/status.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"
)

type tally struct {
	sync.Mutex
	created, injected int
	// The number for each reason.
	refused, unanswered map[string]int
}

type answer struct {
	Metadata struct {
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Message string `json:"message"`
}

func main() {
	where := flag.String("url", "", "where to POST: https://HOST:PORT/api/v1/namespaces/NAMESPACE/pods")
	token := flag.String("token", "", "the bearer token")
	authority := flag.String("ca-file", "", "the API server's CA, PEM")
	workers := flag.Int("workers", 4, "how many requests there are at once")
	pause := flag.Duration("pause", 20*time.Millisecond, "how long each worker rests between two requests")
	flag.Parse()

	pod, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	roots := x509.NewCertPool()
	if pem, err := os.ReadFile(*authority); err != nil || !roots.AppendCertsFromPEM(pem) {
		log.Fatalf("no CA in %s: %v", *authority, err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxIdleConnsPerHost: *workers}
	client := &http.Client{Timeout: 30 * time.Second, Transport: transport}
	stopped, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	counted := tally{refused: map[string]int{}, unanswered: map[string]int{}}
	var all sync.WaitGroup
	for range *workers {
		all.Go(func() {
			for stopped.Err() == nil {
				counted.create(client, *where+"?dryRun=All", *token, pod)
				time.Sleep(*pause)
			}
		})
	}
	all.Wait()
	fmt.Printf("created %d injected %d refused %d unanswered %d\n",
		counted.created, counted.injected, sum(counted.refused), sum(counted.unanswered))
	show("refused", counted.refused)
	show("unanswered", counted.unanswered)
}

func sum(counts map[string]int) int {
	all := 0
	for _, count := range counts {
		all += count
	}
	return all
}

func show(what string, counts map[string]int) {
	for words, count := range counts {
		fmt.Printf("%s %d: %s\n", what, count, strings.ReplaceAll(words, "\n", " "))
	}
}

// create sends one request. Without an answer of the API server, it counts as unanswered: that is not admission's fault.
func (t *tally) create(client *http.Client, where, token string, pod []byte) {
	request, err := http.NewRequest(http.MethodPost, where, bytes.NewReader(pod))
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	t.Lock()
	defer t.Unlock()
	if err != nil {
		t.unanswered[reason(err)]++
		return
	}
	defer response.Body.Close()
	var said answer
	err = json.NewDecoder(response.Body).Decode(&said)
	switch {
	case err != nil:
		// The server ended during its answer.
		t.unanswered[reason(err)]++
	case response.StatusCode == http.StatusCreated:
		t.created++
		if said.Metadata.Annotations["podwright.dev/status"] != "" {
			t.injected++
		}
	case refusal(response.StatusCode) || strings.Contains(said.Message, "webhook"):
		t.refused[said.Message]++
	default:
		t.unanswered[fmt.Sprintf("HTTP %d: %s", response.StatusCode, said.Message)]++
	}
}

// reason shortens the usual errors of a missing listener, and returns others in full, without the URL.
func reason(err error) string {
	var wrapped *url.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection lost"
	case errors.As(err, &wrapped):
		return wrapped.Err.Error()
	default:
		return err.Error()
	}
}

// refusal tells a refusal of the Pod from a temporary error: too many requests, or a missing store.
func refusal(status int) bool {
	return status >= 400 && status < 500 && status != http.StatusTooManyRequests
}

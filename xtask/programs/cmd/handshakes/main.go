// handshakes calls a webhook like an API server that keeps no connection. It verifies each TLS handshake with the caBundle that
// the configuration had a moment ago. On SIGTERM it prints "verified 120 failed 0 certificates 5 authorities 3", and a line for
// each reason of a failure.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type configuration struct {
	Webhooks []struct {
		ClientConfig struct {
			CABundle []byte `json:"caBundle"`
		} `json:"clientConfig"`
	} `json:"webhooks"`
}

// A caBundle, and the time of reading it.
type bundle struct {
	pem  []byte
	read time.Time
}

type shown struct {
	verified                  int
	certificates, authorities map[string]bool
	reasons                   map[string]int
}

func main() {
	where := flag.String("url", "", "the webhook configuration at the API server: https://HOST:PORT/apis/...")
	token := flag.String("token", "", "the bearer token")
	authority := flag.String("ca-file", "", "the API server's CA, PEM")
	name := flag.String("name", "", "the name that the certificate is to have")
	late := flag.Duration("late", time.Second, "how old the caBundle is that is verified under")
	pause := flag.Duration("pause", 50*time.Millisecond, "how long to rest between two handshakes")
	flag.Parse()

	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool(mustRead(*authority))}}}
	stopped, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	seen := shown{certificates: map[string]bool{}, authorities: map[string]bool{}, reasons: map[string]int{}}
	var bundles []bundle
	for stopped.Err() == nil {
		if pem, err := read(client, *where, *token); err == nil {
			bundles = append(bundles, bundle{pem, time.Now()})
		}
		// The newest that is old enough.
		for len(bundles) > 1 && time.Since(bundles[1].read) >= *late {
			bundles = bundles[1:]
		}
		if len(bundles) > 0 {
			seen.shake(flag.Arg(0), &tls.Config{RootCAs: pool(bundles[0].pem), ServerName: *name})
		}
		time.Sleep(*pause)
	}
	failed := 0
	for _, count := range seen.reasons {
		failed += count
	}
	fmt.Printf("verified %d failed %d certificates %d authorities %d\n",
		seen.verified, failed, len(seen.certificates), len(seen.authorities))
	for why, count := range seen.reasons {
		fmt.Printf("%d times: %s\n", count, why)
	}
}

// read returns the bundle of the first entry; all entries have the same.
func read(client *http.Client, where, token string) ([]byte, error) {
	request, err := http.NewRequest(http.MethodGet, where, nil)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var found configuration
	if err := json.NewDecoder(response.Body).Decode(&found); err != nil {
		return nil, err
	}
	if len(found.Webhooks) == 0 {
		return nil, errors.New("no entries")
	}
	return found.Webhooks[0].ClientConfig.CABundle, nil
}

func (s *shown) shake(address string, config *tls.Config) {
	connection, err := tls.DialWithDialer(&net.Dialer{Timeout: 3 * time.Second}, "tcp", address, config)
	if err != nil {
		s.reasons[err.Error()]++
		return
	}
	defer connection.Close()
	leaf := connection.ConnectionState().PeerCertificates[0]
	s.verified++
	s.certificates[string(leaf.Raw)] = true
	s.authorities[string(leaf.AuthorityKeyId)] = true
}

func mustRead(path string) []byte {
	pem, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	return pem
}

func pool(pem []byte) *x509.CertPool {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return roots
}

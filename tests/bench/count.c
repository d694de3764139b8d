/* SPDX-License-Identifier: MIT */
/* The yardstick: a libpcap loop that counts packets and looks at nothing. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int count, char **words) {
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *capture = count == 2 ? pcap_open_offline(words[1], message) : NULL;
    if (!capture) {
        fprintf(stderr, "%s\n", count == 2 ? message : "usage: count FILE");
        return 2;
    }
    struct pcap_pkthdr *header;
    const u_char *octets;
    unsigned long packets = 0, total = 0;
    while (pcap_next_ex(capture, &header, &octets) == 1) {
        packets++;
        total += header->len;
    }
    pcap_close(capture);
    printf("%lu packets, %lu octets\n", packets, total);
    return 0;
}

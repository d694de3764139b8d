/* SPDX-License-Identifier: MIT */
#include "interfaces.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/socket.h>

static const char *state_of(const pcap_if_t *interface) {
    if (!(interface->flags & PCAP_IF_UP)) return "down";
    return interface->flags & PCAP_IF_RUNNING ? "up" : "up, no carrier";
}

static bool print_address(const struct sockaddr *address, char text[INET6_ADDRSTRLEN]) {
    const void *octets = NULL;
    if (address && address->sa_family == AF_INET)
        octets = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (address && address->sa_family == AF_INET6)
        octets = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return octets && inet_ntop(address->sa_family, octets, text, INET6_ADDRSTRLEN);
}

static void print_addresses(GString *line, const pcap_addr_t *address) {
    char text[INET6_ADDRSTRLEN];
    for (const char *between = "  "; address; address = address->next) {
        if (!print_address(address->addr, text)) continue;
        g_string_append_printf(line, "%s%s", between, text);
        between = ", ";
    }
}

static void print_interface(const pcap_if_t *interface, int width) {
    GString *line = g_string_new(NULL);
    g_string_append_printf(line, "%-*s  %-4s", width, interface->name, state_of(interface));
    print_addresses(line, interface->addresses);
    if (interface->description) g_string_append_printf(line, "  (%s)", interface->description);
    g_print("%s\n", g_strchomp(line->str));
    g_string_free(line, TRUE);
}

enum exit_status interfaces_list(void) {
    char why[PCAP_ERRBUF_SIZE];
    pcap_if_t *first;
    size_t width = 0;
    if (pcap_findalldevs(&first, why) != 0) {
        g_printerr("capan: %s\n", why);
        return EXIT_INTERNAL;
    }
    for (const pcap_if_t *at = first; at; at = at->next) width = MAX(width, strlen(at->name));
    for (const pcap_if_t *at = first; at; at = at->next) print_interface(at, (int)width);
    if (!first) g_printerr("capan: there is no interface that this user can capture from\n");
    pcap_freealldevs(first);
    return first ? EXIT_FINE : EXIT_INPUT;
}

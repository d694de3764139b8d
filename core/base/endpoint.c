/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "bytes.h"

static char *put_text(char *to, const char *text) {
    size_t len = strlen(text);
    memcpy(to, text, len + 1);
    return to + len;
}

/* Lower-case digits without leading zeros. Rows are full of endpoints: printf would cost more than the rest of one. */
static char *put_number(char *to, unsigned value, unsigned base) {
    char digits[8];
    size_t len = 0;
    do {
        digits[len++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (len) *to++ = digits[--len];
    *to = 0;
    return to;
}

static char *put_ipv4(char *to, const uint8_t *octets) {
    for (int i = 0; i < 4; i++) to = put_number(i ? put_text(to, ".") : to, octets[i], 10);
    return to;
}

/* The first of the longest runs of two or more zero groups (RFC 5952 4.2); count 0 when there is none. */
static void find_zeros(const uint16_t group[8], int *start, int *count) {
    *start = *count = 0;
    for (int i = 0; i < 8; i++) {
        int run = 0;
        while (i + run < 8 && group[i + run] == 0) run++;
        if (run > 1 && run > *count) *start = i, *count = run;
        i += run;
    }
}

static char *put_ipv6(char *to, const uint8_t *octets) {
    uint16_t group[8];
    int zeros, count;
    for (int i = 0; i < 8; i++) group[i] = read_be16(octets + 2 * i);
    find_zeros(group, &zeros, &count);
    if (zeros == 0 && count == 5 && group[5] == 0xffff) return put_ipv4(put_text(to, "::ffff:"), octets + 12);
    for (int i = 0; i < 8; i++) {
        if (count && i == zeros) {
            to = put_text(to, "::");
            i += count - 1;
        } else {
            bool after_zeros = count && i == zeros + count;
            to = put_number(i > 0 && !after_zeros ? put_text(to, ":") : to, group[i], 16);
        }
    }
    return to;
}

size_t capan_endpoint_text(const struct capan_endpoint *endpoint, bool with_port, char text[CAPAN_ENDPOINT_TEXT]) {
    const struct capan_address *address = &endpoint->address;
    char *to = text;
    if (address->version == 6) {
        if (with_port) to = put_text(to, "[");
        to = put_ipv6(to, address->octets);
        if (with_port) to = put_text(to, "]");
    } else {
        to = address->version == 4 ? put_ipv4(to, address->octets) : put_text(to, "?");
    }
    if (with_port) to = put_number(put_text(to, ":"), endpoint->port, 10);
    return (size_t)(to - text);
}

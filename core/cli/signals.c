/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

static atomic_int caught;
static atomic_bool passed_on;
static int stop[2] = {-1, -1}; /* a pipe into which the first signal writes */

/* The calls that it interrupts begin again: a write goes on, and who waits for input also waits for the pipe. There is
 * no moment between looking whether a signal came and waiting in which one would be missed. */
static void on_signal(int number) {
    int reason = errno;
    if (!passed_on) caught = number;
    if (write(stop[1], "", 1) < 0) errno = reason; /* it is told by caught, then */
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    errno = reason;
}

static void catch_signal(int number) {
    struct sigaction before, now = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&now.sa_mask);
    sigaddset(&now.sa_mask, SIGINT);
    sigaddset(&now.sa_mask, SIGTERM);
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) return;
    sigaction(number, &now, NULL);
}

void signals_catch(void) {
    if (pipe(stop) == 0) {
        fcntl(stop[0], F_SETFD, FD_CLOEXEC);
        fcntl(stop[1], F_SETFD, FD_CLOEXEC);
    }
    catch_signal(SIGINT);
    catch_signal(SIGTERM);
}

void signals_pass_on(void) {
    passed_on = true;
}

int signals_caught(void) {
    return caught;
}

int signals_stop(void) {
    return stop[0];
}

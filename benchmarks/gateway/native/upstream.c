/* An upstream that answers chat completions as fast as one thread can: it says the same whatever it is asked.

   upstream DELAY_MS EVENTS GAP_MS

   It waits DELAY_MS before each answer. A request whose body holds "stream":true is answered with EVENTS server-sent
   events, GAP_MS apart (0: all in one write). It prints the port that it listens on, on 127.0.0.1, and runs until it is
   stopped. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FDS 65536
#define EVENTS_AT_ONCE 512

typedef struct { char *in; size_t used, size; unsigned life; int streams, next; char *out; size_t left; } Conn;
typedef struct { long long due_ns; int fd; unsigned life; } Due;
typedef struct { Due *at; size_t first, n, size; } Queue;

static Conn *conns[FDS];
static unsigned lives;
static Queue firsts, gaps;
static long long delay_ns, gap_ns;
static int events_n, poll_fd;
static char whole[4096], *burst, **event;
static size_t whole_size, burst_size, *event_size;

static long long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void push(Queue *q, long long due_ns, int fd) {
    if (q->n == q->size) {
        size_t size = q->size ? 2 * q->size : 1024;
        Due *at = malloc(size * sizeof *at);
        for (size_t i = 0; i < q->n; i++) at[i] = q->at[(q->first + i) % q->size];
        free(q->at);
        *q = (Queue){at, 0, q->n, size};
    }
    q->at[(q->first + q->n++) % q->size] = (Due){due_ns, fd, conns[fd]->life};
}

static void drop(int fd) {
    free(conns[fd]->in);
    free(conns[fd]->out);
    free(conns[fd]);
    conns[fd] = NULL;
    close(fd);
}

/* Writes what it can; the rest waits until the socket takes more. False: the connection is gone. */
static int send_all(int fd, const char *content, size_t n) {
    Conn *c = conns[fd];
    ssize_t sent = c->left ? 0 : send(fd, content, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) { drop(fd); return 0; }
    if (sent < 0) sent = 0;
    if ((size_t)sent == n) return 1;
    c->out = realloc(c->out, c->left + n - sent);
    memcpy(c->out + c->left, content + sent, n - sent);
    c->left += n - sent;
    struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT, .data.fd = fd};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, fd, &ev);
    return 1;
}

static void flush(int fd) {
    Conn *c = conns[fd];
    ssize_t sent = send(fd, c->out, c->left, MSG_NOSIGNAL);
    if (sent < 0) { if (errno != EAGAIN) drop(fd); return; }
    memmove(c->out, c->out + sent, c->left - sent);
    if (c->left -= sent) return;
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, fd, &ev);
}

static void answer(int fd) {
    Conn *c = conns[fd];
    if (!c->streams) { send_all(fd, whole, whole_size); return; }
    if (!gap_ns) { send_all(fd, burst, burst_size); return; }
    c->next = 1;
    if (send_all(fd, event[0], event_size[0])) push(&gaps, now_ns() + gap_ns, fd);
}

static void next_event(int fd) {
    Conn *c = conns[fd];
    int n = c->next++;
    if (send_all(fd, event[n], event_size[n]) && c->next < events_n) push(&gaps, now_ns() + gap_ns, fd);
}

/* The size of the request at the start of the buffer; 0 where it is not all there. */
static size_t request_size(Conn *c) {
    char *end = memmem(c->in, c->used, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = end - c->in + 4;
    *end = 0;
    char *length = strcasestr(c->in, "\r\ncontent-length:"), *chunked = strcasestr(c->in, "\r\ntransfer-encoding: chunked");
    size_t size = head + (length ? strtoul(length + 17, NULL, 10) : 0);
    *end = '\r';
    if (chunked) {
        char *last = memmem(c->in + head - 2, c->used - head + 2, "\r\n0\r\n\r\n", 7);
        if (!last) return 0;
        size = last + 7 - c->in;
    }
    if (size > c->used) return 0;
    c->streams = memmem(c->in + head, size - head, "\"stream\":true", 13) || memmem(c->in + head, size - head, "\"stream\": true", 14);
    return size;
}

static void readable(int fd) {
    Conn *c = conns[fd];
    if (c->size - c->used < 4096) c->in = realloc(c->in, c->size = 2 * c->size);
    ssize_t got = recv(fd, c->in + c->used, c->size - c->used, 0);
    if (got <= 0) { if (got == 0 || errno != EAGAIN) drop(fd); return; }
    c->used += got;
    size_t size;
    while (conns[fd] == c && (size = request_size(c))) {
        memmove(c->in, c->in + size, c->used -= size);
        if (delay_ns) push(&firsts, now_ns() + delay_ns, fd); else answer(fd);
    }
}

static void accept_all(int listener) {
    int fd, yes = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        if (fd >= FDS) { close(fd); continue; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        conns[fd] = calloc(1, sizeof **conns);
        conns[fd]->in = malloc(conns[fd]->size = 8192);
        conns[fd]->life = ++lives;
        struct epoll_event ev = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &ev);
    }
}

static void due(Queue *q, void (*act)(int), long long now) {
    while (q->n && q->at[q->first].due_ns <= now) {
        Due d = q->at[q->first];
        q->first = (q->first + 1) % q->size;
        q->n--;
        if (conns[d.fd] && conns[d.fd]->life == d.life) act(d.fd);
    }
}

static void write_answers(void) {
    char body[2048], text[400];
    memset(text, 'y', 300);
    text[300] = 0;
    for (int i = 6; i < 300; i += 7) text[i] = ' ';
    sprintf(body, "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1764150000,\"model\":\"small\",\"choices\":[{\"index\":0,"
        "\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
        "\"usage\":{\"prompt_tokens\":160,\"completion_tokens\":60,\"total_tokens\":220}}", text);
    whole_size = sprintf(whole, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n%s", strlen(body), body);
    event = calloc(events_n, sizeof *event);
    event_size = calloc(events_n, sizeof *event_size);
    burst = malloc(events_n * 1024);
    for (int n = 0; n < events_n; n++) {
        char data[512], *at = event[n] = malloc(1024);
        const char *head = "\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1764150000,\"model\":\"small\"";
        if (n == events_n - 1) sprintf(data, "data: [DONE]\n\n");
        else if (n == events_n - 2)
            sprintf(data, "data: {%s,\"choices\":[],\"usage\":{\"prompt_tokens\":160,\"completion_tokens\":60,\"total_tokens\":220}}\n\n", head);
        else if (n == events_n - 3)
            sprintf(data, "data: {%s,\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", head);
        else
            sprintf(data, "data: {%s,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word%d \"},\"finish_reason\":null}]}\n\n", head, n);
        if (n == 0) at += sprintf(at, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
        at += sprintf(at, "%zx\r\n%s\r\n", strlen(data), data);
        if (n == events_n - 1) at += sprintf(at, "0\r\n\r\n");
        event_size[n] = at - event[n];
        memcpy(burst + burst_size, event[n], event_size[n]);
        burst_size += event_size[n];
    }
}

int main(int argc, char **argv) {
    if (argc != 4 || (events_n = atoi(argv[2])) < 4) { fprintf(stderr, "upstream DELAY_MS EVENTS GAP_MS; at least 4 events\n"); return 2; }
    delay_ns = atoll(argv[1]) * 1000000LL;
    gap_ns = atoll(argv[3]) * 1000000LL;
    signal(SIGPIPE, SIG_IGN);
    write_answers();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 4096)) { perror("upstream"); return 1; }
    getsockname(listener, (struct sockaddr *)&at, &size);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    poll_fd = epoll_create1(0);
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = listener}, ready[EVENTS_AT_ONCE];
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &ev);
    for (;;) {
        long long until = firsts.n ? firsts.at[firsts.first].due_ns : -1;
        if (gaps.n && (until < 0 || gaps.at[gaps.first].due_ns < until)) until = gaps.at[gaps.first].due_ns;
        long long wait = until < 0 ? 1000000000LL : until - now_ns();
        if (wait < 0) wait = 0;
        struct timespec t = {wait / 1000000000LL, wait % 1000000000LL};
        int n = epoll_pwait2(poll_fd, ready, EVENTS_AT_ONCE, &t, NULL);
        for (int i = 0; i < n; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) { accept_all(listener); continue; }
            if (conns[fd] && ready[i].events & EPOLLOUT) flush(fd);
            if (conns[fd] && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(fd);
        }
        long long now = now_ns();
        due(&firsts, answer, now);
        due(&gaps, next_event, now);
    }
}

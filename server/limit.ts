/**
 * Limits that a client can reach, as labels of the metrics: requests per address, budgets per account, downloads per account, frames per
 * WebSocket, messages per RTMP connection before admission, a publisher's bit rate.
 */
export type Limit = 'requests' | 'account' | 'downloads' | 'frames' | 'before-admission' | 'publisher-rate'

/**
 * Limits that a client reached, as metrics name them: requests of an address, what an account may ask for, downloads of an account, frames of a WebSocket,
 * messages of an RTMP connection before it is admitted, and the rate of a publisher.
 */
export type Limit = 'requests' | 'account' | 'downloads' | 'frames' | 'before-admission' | 'publisher-rate'

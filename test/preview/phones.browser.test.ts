/** Phones in a real browser: media, faults and their menu, and changes in the sources. */
import './parts/media'
import './parts/media-faults'
import './parts/faults-menu'
import './parts/foreign-clocks'
import './parts/source-changes'

// Media in real time, on a machine that may be busy.
jest.setTimeout(180_000)

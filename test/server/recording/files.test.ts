import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { boxesOf, readMedia } from './read-media'
import { CID, everything, Stage, START, subject, UID } from './support'
import { audioOf, tagsOf, videoOf } from './tags'

const talk = tagsOf('talk')
const LENGTH = 4.13
const FRAME = 0.07

let stage: Stage
beforeEach(() => (stage = new Stage()))
afterEach(async () => await stage.dispose())

describe('files of a participant', () => {
  const nothing: string[] = []
  test.each([
    // record audio, record video, type → files
    [true, true, '2', ['aac', 'mp4']],
    [true, false, '2', ['aac']],
    [false, true, '2', ['mp4']],
    [false, false, '2', nothing],
    [true, true, '0', ['aac', 'mp4', 'mix']],
    [true, false, '0', ['aac', 'mix']],
    [false, true, '0', ['mp4', 'mix']],
    [false, false, '0', nothing],
    [true, true, '1', ['mix']],
    [true, false, '1', ['mix']],
    [false, true, '1', ['mix']],
    [false, false, '1', nothing],
  ] as const)('audio %s, video %s, type %s', async (audio, video, type, kinds) => {
    await stage.dispose()
    // Without ffmpeg, a note says that a mix was requested.
    stage = new Stage({ ffmpegPath: 'no-such-ffmpeg' })
    stage.play(subject({ request: { ...everything, audio, video, type } }), talk)
    const { files, notes } = await stage.finish()
    const names = files.map(({ filename }) => filename)
    const own = kinds.filter((kind) => kind !== 'mix')
    expect(names).toEqual(own.map((kind) => `0-${CID}-${START}-${UID}.${kind}`))
    expect(files.every(({ mix }) => !mix)).toBe(true)
    expect(notes.map(({ code }) => code)).toEqual(own.length < kinds.length ? ['mix-unavailable'] : [])
    if (type !== '1') expect(stage.listing()).toEqual([...names].sort())
  })

  test('without video include no mp4, without audio no aac', async () => {
    stage.play(subject({ uid: 1 }), audioOf(talk))
    stage.play(subject({ uid: 2 }), videoOf(talk))
    const { files, notes } = await stage.finish()
    expect(files.map(({ uid, kind }) => [uid, kind])).toEqual([
      [1, 'aac'],
      [2, 'mp4'],
    ])
    expect(notes).toEqual([])
    expect((await readMedia(stage.path(`0-${CID}-${START}-2.mp4`))).audio).toBeNull()
  })

  test('without a key frame and audio include no mp4, but a note', async () => {
    stage.play(
      subject(),
      talk.filter(({ kind }) => kind === 'video' || kind === 'video-config'),
    )
    const { files, notes, frames } = await stage.finish()
    expect(files).toEqual([])
    expect(notes.map(({ message }) => message)).toEqual([expect.stringContaining('56 of 56 pictures (no-key-frame)')])
    expect(frames[0]?.video).toMatchObject({ received: 56, written: 0, dropped: { 'no-key-frame': 56 } })
  })

  test('without recorded audio contain none, neither in the spool nor afterwards', async () => {
    const who = subject({ request: { ...everything, audio: false } })
    stage.send(stage.publish(who), talk)
    await stage.recording.close()
    const bytes = readFileSync(stage.path(stage.listing().find((name) => name.endsWith('.flv')) ?? 'no spool'))
    const frames = talk.filter(({ kind, payload }) => !kind.endsWith('config') && payload.length > 20)
    expect(videoOf(frames).every(({ payload }) => bytes.includes(payload))).toBe(true)
    expect(audioOf(frames).some(({ payload }) => bytes.includes(payload))).toBe(false)

    await stage.finish()
    expect((await readMedia(stage.path(`0-${CID}-${START}-${UID}.mp4`))).audio).toBeNull()
  })

  test('without a request, or outside of a call, do not exist', async () => {
    const stranger = { name: { cid: CID, uid: 9 }, protocol: 'rtmp', startedAt: START } as const
    stage.media.emit('publish', stranger)
    stage.send(stranger, talk)
    stage.media.emit('unpublish', stranger, 'closed')
    expect(await stage.finish()).toEqual({ files: [], notes: [], frames: [] })
    expect(stage.listing()).toEqual([])
  })
})

describe('contents of a file', () => {
  test('the aac is as long as the stream, frame after frame', async () => {
    stage.play(subject(), talk)
    const { files } = await stage.finish()
    const path = stage.path(`0-${CID}-${START}-${UID}.aac`)
    const media = await readMedia(path)
    expect(media.audio).toMatchObject({ codec: 'aac', sampleRate: 48000, channels: 1 })
    expect(Math.abs(media.duration - LENGTH)).toBeLessThan(FRAME)
    // It has every frame of the stream; the stream's audio begins at 112 ms.
    const sent = audioOf(talk).filter(({ kind }) => kind === 'audio')
    expect(media.audio?.sizes.slice(-sent.length)).toEqual(sent.map(({ payload }) => payload.length - 2 + 7))
    expect(media.audio?.times.length).toBe(sent.length + Math.round(112 / (1024 / 48)))
    const bytes = readFileSync(path)
    expect(files[0]).toEqual({
      cid: CID,
      uid: UID,
      account: 'alice',
      caller: true,
      kind: 'aac',
      filename: `0-${CID}-${START}-${UID}.aac`,
      size: bytes.length,
      md5: createHash('md5').update(bytes).digest('hex'),
      duration: Math.round(media.duration * 1000),
      mix: false,
      pieceIndex: 0,
    })
  })

  test('the mp4 has its index first, and every picture at its time, reordered ones too', async () => {
    stage.play(subject(), talk)
    const { files } = await stage.finish()
    const path = stage.path(`0-${CID}-${START}-${UID}.mp4`)
    const boxes = boxesOf(path)
    expect(boxes.indexOf('moov')).toBeLessThan(boxes.indexOf('mdat'))
    const { video, audio, duration } = await readMedia(path)
    expect(video).toMatchObject({ codec: 'avc', width: 320, height: 240 })
    expect(audio).toMatchObject({ codec: 'aac', sampleRate: 48000, channels: 1 })
    const sent = videoOf(talk).filter(({ kind }) => kind !== 'video-config')
    const shown = sent.map(({ timestamp, payload }) => timestamp + payload.readIntBE(2, 3))
    expect(shown).not.toEqual([...shown].sort((a, b) => a - b))
    expect(video?.times.map((time) => Math.round(time * 1000))).toEqual(shown)
    expect(video?.keys.filter(Boolean)).toHaveLength(4)
    expect(Math.abs(duration - LENGTH)).toBeLessThan(FRAME)
    expect(files[1]?.duration).toBe(Math.round(duration * 1000))
  })

  test("the mp4 has the recording's date, so that remaking it gives the same bytes", async () => {
    stage.play(subject(), talk)
    await stage.finish()
    const bytes = readFileSync(stage.path(`0-${CID}-${START}-${UID}.mp4`))
    const since1904 = START / 1000 + 2_082_844_800
    const starts = ['mvhd', 'tkhd', 'mdhd', 'tkhd', 'mdhd']
    let at = 0
    for (const type of starts) {
      at = bytes.indexOf(type, at) + 4
      expect([bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8)]).toEqual([since1904, since1904])
    }
  })

  test("two participants' files have their own starts", async () => {
    stage.play(subject({ uid: 1, account: 'alice' }), talk)
    stage.play(subject({ uid: 2, account: 'bob', caller: false }), talk, START + 750)
    const { files } = await stage.finish()
    expect(files.map(({ filename, account, caller }) => [filename, account, caller])).toEqual([
      [`0-${CID}-${START}-1.aac`, 'alice', true],
      [`0-${CID}-${START}-1.mp4`, 'alice', true],
      [`0-${CID}-${START + 750}-2.aac`, 'bob', false],
      [`0-${CID}-${START + 750}-2.mp4`, 'bob', false],
    ])
  })
})

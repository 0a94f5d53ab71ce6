/** A line icon in the size and colour of the surrounding text. Names are the classes of line-icon.wxss. */
Component({
  properties: {
    name: { type: String, value: '' },
  },
})

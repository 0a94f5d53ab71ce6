/** A line drawing as large as the text around it and in its colour. The names are the classes of line-icon.wxss. */
Component({
  properties: {
    name: { type: String, value: '' },
  },
})

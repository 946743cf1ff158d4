package kit

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"rsc.io/qr"
)

// quietZone is how many modules of white ISO/IEC 18004 wants around a QR code.
const quietZone = 4

// QRCode draws a text as a QR code: a square PNG of so many pixels a side. It is
// an error when the text is too long for one, or the square too small.
func QRCode(text string, pixels int) ([]byte, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	scale := max(pixels/(code.Size+2*quietZone), 1)
	margin := (pixels - scale*code.Size) / 2
	picture := image.NewPaletted(image.Rect(0, 0, pixels, pixels), color.Palette{color.White, color.Black})
	for y := range scale * code.Size {
		for x := range scale * code.Size {
			if code.Black(x/scale, y/scale) {
				picture.SetColorIndex(margin+x, margin+y, 1)
			}
		}
	}
	var content bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	err = encoder.Encode(&content, picture)
	return content.Bytes(), err
}

module podwright.dev/programs

go 1.26.0

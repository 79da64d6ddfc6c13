;; li t0, 0x6000
;; csrs mstatus, t0
;; csrwi fflags, 1
;; li s0, DATA
;; li a1, 50
;; fcvt.d.l f0, a1
;; fmv.d f1, f0
;; 1: fld f2, (s0)
;; fadd.d f1, f1, f0
;; fmul.d f2, f2, f1
;; fsd f2, (s0)
;; addi a1, a1, -1
;; bnez a1, 1b

;; Module 1
(func (;4;) (type 0) (param i32 i64 i32 i32) (result i32)
    (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i64 i64 i64 i64 i64 i64 i64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f32 f32 f32 f32 i64 i64 f64 f64 f64 i64 i64 i64 i64 i64 i64 i32 i32 i32 i32 i32 i32 i32)
    (if  ;; label = @1
      (i32.lt_s
        (local.get $budget)
        (i32.const 6))
      (then
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (local.set $hart
      (i32.const 1048576))
    (if  ;; label = @1
      (i32.ne
        (i32.load offset=1280
          (local.get $hart))
        (i32.const 1150976))
      (then
        (i32.store offset=1328
          (local.get $hart)
          (i32.const 1))
        (i64.store offset=768
          (local.get $hart)
          (local.get $pc))
        (return
          (local.get $budget))))
    (block  ;; label = @1
      (block  ;; label = @2
        (block  ;; label = @3
          (local.set $x8
            (i64.load offset=64
              (local.get $hart)))
          (local.set $x11
            (i64.load offset=88
              (local.get $hart)))
          (local.set $f0
            (f64.load offset=512
              (local.get $hart)))
          (local.set $f1
            (f64.load offset=520
              (local.get $hart)))
          (local.set $f2
            (f64.load offset=528
              (local.get $hart)))
          (loop  ;; label = @4
            (block  ;; label = @5
              (i32.lt_s
                (local.get $budget)
                (i32.const 6))
              (local.set $exit
                (i32.const 65536))
              (br_if 2 (;@3;))
              (i32.lt_u
                (i32.load offset=788
                  (local.get $hart))
                (i32.const 3))
              (local.set $exit
                (i32.const -2147418112))
              (br_if 2 (;@3;))
              (i64.ne
                (i64.and
                  (i64.load offset=792
                    (local.get $hart))
                  (i64.const 30064771073))
                (i64.const 1))
              (local.set $exit
                (i32.const -2147418112))
              (br_if 2 (;@3;))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 6)))
              (local.set $13
                (local.get $x8))
              (i64.gt_u
                (i64.add
                  (i64.load offset=1150976
                    (local.tee $11
                      (i32.and
                        (i32.shr_u
                          (i32.wrap_i64
                            (local.get $13))
                          (i32.const 8))
                        (i32.const 16368))))
                  (local.get $13))
                (i64.const 4088))
              (local.set $exit
                (i32.const -2146631680))
              (br_if 2 (;@3;))
              (local.set $f2
                (f64.load
                  (i32.add
                    (i32.wrap_i64
                      (local.get $13))
                    (i32.load offset=1150984
                      (local.get $11)))))
              (local.set $22
                (local.get $f1))
              (local.set $23
                (local.get $f0))
              (local.set $20
                (f64.add
                  (local.get $22)
                  (local.get $23)))
              (i32.eqz
                (f64.ge
                  (local.tee $21
                    (f64.sub
                      (local.get $20)
                      (local.get $20)))
                  (local.get $21)))
              (local.set $exit
                (i32.const -2146762748))
              (br_if 2 (;@3;))
              (local.set $f1
                (local.get $20))
              (local.set $22
                (local.get $f2))
              (local.set $23
                (local.get $f1))
              (local.set $20
                (f64.mul
                  (local.get $22)
                  (local.get $23)))
              (if  ;; label = @6
                (i32.ge_u
                  (i32.sub
                    (i32.shl
                      (i32.wrap_i64
                        (i64.shr_u
                          (i64.reinterpret_f64
                            (local.get $20))
                          (i64.const 32)))
                      (i32.const 1))
                    (i32.const 4194304))
                  (i32.const -6291456))
                (then
                  (i32.eqz
                    (i32.and
                      (f64.eq
                        (local.get $20)
                        (f64.const 0x0p+0 (;=0;)))
                      (i32.or
                        (f64.eq
                          (local.get $22)
                          (f64.const 0x0p+0 (;=0;)))
                        (f64.eq
                          (local.get $23)
                          (f64.const 0x0p+0 (;=0;))))))
                  (local.set $exit
                    (i32.const -2146893816))
                  (br_if 3 (;@3;))))
              (local.set $f2
                (local.get $20))
              (local.set $13
                (local.get $x8))
              (i64.gt_u
                (i64.add
                  (i64.load offset=1167360
                    (local.tee $11
                      (i32.and
                        (i32.shr_u
                          (i32.wrap_i64
                            (local.get $13))
                          (i32.const 8))
                        (i32.const 16368))))
                  (local.get $13))
                (i64.const 4088))
              (local.set $exit
                (i32.const -2147024884))
              (br_if 2 (;@3;))
              (i32.add
                (i32.wrap_i64
                  (local.get $13))
                (i32.load offset=1167368
                  (local.get $11)))
              (local.set $47
                (i32.load offset=1167368
                  (local.get $11)))
              (local.set $41
                (i64.sub
                  (i64.and
                    (local.get $13)
                    (i64.const -4096))
                  (i64.const 0)))
              (local.get $f2)
              (f64.store)
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (br_if 0 (;@5;)
                (i64.ne
                  (local.get $x11)
                  (i64.const 0)))
              (local.set $exit
                (i32.const 65560))
              (br 2 (;@3;)))
            (loop  ;; label = @5
              (br_if 1 (;@4;)
                (i32.lt_s
                  (local.get $budget)
                  (i32.const 24)))
              (br_if 1 (;@4;)
                (i64.gt_u
                  (i64.sub
                    (local.get $x8)
                    (local.get $41))
                  (i64.const 4088)))
              (block  ;; label = @6
                (i32.lt_u
                  (i32.load offset=788
                    (local.get $hart))
                  (i32.const 3))
                (local.set $exit
                  (i32.const -2147418112))
                (br_if 3 (;@3;))
                (i64.ne
                  (i64.and
                    (i64.load offset=792
                      (local.get $hart))
                    (i64.const 30064771073))
                  (i64.const 1))
                (local.set $exit
                  (i32.const -2147418112))
                (br_if 3 (;@3;))
                (local.set $budget
                  (i32.sub
                    (local.get $budget)
                    (i32.const 6)))
                (local.set $f2
                  (f64.load
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $47))))
                (local.set $22
                  (local.get $f1))
                (local.set $23
                  (local.get $f0))
                (local.set $20
                  (f64.add
                    (local.get $22)
                    (local.get $23)))
                (i32.eqz
                  (f64.ge
                    (local.tee $21
                      (f64.sub
                        (local.get $20)
                        (local.get $20)))
                    (local.get $21)))
                (local.set $exit
                  (i32.const -2146762748))
                (br_if 3 (;@3;))
                (local.set $f1
                  (local.get $20))
                (local.set $22
                  (local.get $f2))
                (local.set $23
                  (local.get $f1))
                (local.set $20
                  (f64.mul
                    (local.get $22)
                    (local.get $23)))
                (if  ;; label = @7
                  (i32.ge_u
                    (i32.sub
                      (i32.shl
                        (i32.wrap_i64
                          (i64.shr_u
                            (i64.reinterpret_f64
                              (local.get $20))
                            (i64.const 32)))
                        (i32.const 1))
                      (i32.const 4194304))
                    (i32.const -6291456))
                  (then
                    (i32.eqz
                      (i32.and
                        (f64.eq
                          (local.get $20)
                          (f64.const 0x0p+0 (;=0;)))
                        (i32.or
                          (f64.eq
                            (local.get $22)
                            (f64.const 0x0p+0 (;=0;)))
                          (f64.eq
                            (local.get $23)
                            (f64.const 0x0p+0 (;=0;))))))
                    (local.set $exit
                      (i32.const -2146893816))
                    (br_if 4 (;@3;))))
                (local.set $f2
                  (local.get $20))
                (f64.store
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $47))
                  (local.get $f2))
                (local.set $x11
                  (i64.add
                    (local.get $x11)
                    (i64.const -1)))
                (br_if 0 (;@6;)
                  (i64.ne
                    (local.get $x11)
                    (i64.const 0)))
                (local.set $exit
                  (i32.const 65560))
                (br 3 (;@3;)))
              (block  ;; label = @6
                (i32.lt_u
                  (i32.load offset=788
                    (local.get $hart))
                  (i32.const 3))
                (local.set $exit
                  (i32.const -2147418112))
                (br_if 3 (;@3;))
                (i64.ne
                  (i64.and
                    (i64.load offset=792
                      (local.get $hart))
                    (i64.const 30064771073))
                  (i64.const 1))
                (local.set $exit
                  (i32.const -2147418112))
                (br_if 3 (;@3;))
                (local.set $budget
                  (i32.sub
                    (local.get $budget)
                    (i32.const 6)))
                (local.set $f2
                  (f64.load
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $47))))
                (local.set $22
                  (local.get $f1))
                (local.set $23
                  (local.get $f0))
                (local.set $20
                  (f64.add
                    (local.get $22)
                    (local.get $23)))
                (i32.eqz
                  (f64.ge
                    (local.tee $21
                      (f64.sub
                        (local.get $20)
                        (local.get $20)))
                    (local.get $21)))
                (local.set $exit
                  (i32.const -2146762748))
                (br_if 3 (;@3;))
                (local.set $f1
                  (local.get $20))
                (local.set $22
                  (local.get $f2))
                (local.set $23
                  (local.get $f1))
                (local.set $20
                  (f64.mul
                    (local.get $22)
                    (local.get $23)))
                (if  ;; label = @7
                  (i32.ge_u
                    (i32.sub
                      (i32.shl
                        (i32.wrap_i64
                          (i64.shr_u
                            (i64.reinterpret_f64
                              (local.get $20))
                            (i64.const 32)))
                        (i32.const 1))
                      (i32.const 4194304))
                    (i32.const -6291456))
                  (then
                    (i32.eqz
                      (i32.and
                        (f64.eq
                          (local.get $20)
                          (f64.const 0x0p+0 (;=0;)))
                        (i32.or
                          (f64.eq
                            (local.get $22)
                            (f64.const 0x0p+0 (;=0;)))
                          (f64.eq
                            (local.get $23)
                            (f64.const 0x0p+0 (;=0;))))))
                    (local.set $exit
                      (i32.const -2146893816))
                    (br_if 4 (;@3;))))
                (local.set $f2
                  (local.get $20))
                (f64.store
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $47))
                  (local.get $f2))
                (local.set $x11
                  (i64.add
                    (local.get $x11)
                    (i64.const -1)))
                (br_if 0 (;@6;)
                  (i64.ne
                    (local.get $x11)
                    (i64.const 0)))
                (local.set $exit
                  (i32.const 65560))
                (br 3 (;@3;)))
              (block  ;; label = @6
                (i32.lt_u
                  (i32.load offset=788
                    (local.get $hart))
                  (i32.const 3))
                (local.set $exit
                  (i32.const -2147418112))
                (br_if 3 (;@3;))
                (i64.ne
                  (i64.and
                    (i64.load offset=792
                      (local.get $hart))
                    (i64.const 30064771073))
                  (i64.const 1))
                (local.set $exit
                  (i32.const -2147418112))
                (br_if 3 (;@3;))
                (local.set $budget
                  (i32.sub
                    (local.get $budget)
                    (i32.const 6)))
                (local.set $f2
                  (f64.load
                    (i32.add
                      (i32.wrap_i64
                        (local.get $x8))
                      (local.get $47))))
                (local.set $22
                  (local.get $f1))
                (local.set $23
                  (local.get $f0))
                (local.set $20
                  (f64.add
                    (local.get $22)
                    (local.get $23)))
                (i32.eqz
                  (f64.ge
                    (local.tee $21
                      (f64.sub
                        (local.get $20)
                        (local.get $20)))
                    (local.get $21)))
                (local.set $exit
                  (i32.const -2146762748))
                (br_if 3 (;@3;))
                (local.set $f1
                  (local.get $20))
                (local.set $22
                  (local.get $f2))
                (local.set $23
                  (local.get $f1))
                (local.set $20
                  (f64.mul
                    (local.get $22)
                    (local.get $23)))
                (if  ;; label = @7
                  (i32.ge_u
                    (i32.sub
                      (i32.shl
                        (i32.wrap_i64
                          (i64.shr_u
                            (i64.reinterpret_f64
                              (local.get $20))
                            (i64.const 32)))
                        (i32.const 1))
                      (i32.const 4194304))
                    (i32.const -6291456))
                  (then
                    (i32.eqz
                      (i32.and
                        (f64.eq
                          (local.get $20)
                          (f64.const 0x0p+0 (;=0;)))
                        (i32.or
                          (f64.eq
                            (local.get $22)
                            (f64.const 0x0p+0 (;=0;)))
                          (f64.eq
                            (local.get $23)
                            (f64.const 0x0p+0 (;=0;))))))
                    (local.set $exit
                      (i32.const -2146893816))
                    (br_if 4 (;@3;))))
                (local.set $f2
                  (local.get $20))
                (f64.store
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $47))
                  (local.get $f2))
                (local.set $x11
                  (i64.add
                    (local.get $x11)
                    (i64.const -1)))
                (br_if 0 (;@6;)
                  (i64.ne
                    (local.get $x11)
                    (i64.const 0)))
                (local.set $exit
                  (i32.const 65560))
                (br 3 (;@3;)))
              (i32.lt_u
                (i32.load offset=788
                  (local.get $hart))
                (i32.const 3))
              (local.set $exit
                (i32.const -2147418112))
              (br_if 2 (;@3;))
              (i64.ne
                (i64.and
                  (i64.load offset=792
                    (local.get $hart))
                  (i64.const 30064771073))
                (i64.const 1))
              (local.set $exit
                (i32.const -2147418112))
              (br_if 2 (;@3;))
              (local.set $budget
                (i32.sub
                  (local.get $budget)
                  (i32.const 6)))
              (local.set $f2
                (f64.load
                  (i32.add
                    (i32.wrap_i64
                      (local.get $x8))
                    (local.get $47))))
              (local.set $22
                (local.get $f1))
              (local.set $23
                (local.get $f0))
              (local.set $20
                (f64.add
                  (local.get $22)
                  (local.get $23)))
              (i32.eqz
                (f64.ge
                  (local.tee $21
                    (f64.sub
                      (local.get $20)
                      (local.get $20)))
                  (local.get $21)))
              (local.set $exit
                (i32.const -2146762748))
              (br_if 2 (;@3;))
              (local.set $f1
                (local.get $20))
              (local.set $22
                (local.get $f2))
              (local.set $23
                (local.get $f1))
              (local.set $20
                (f64.mul
                  (local.get $22)
                  (local.get $23)))
              (if  ;; label = @6
                (i32.ge_u
                  (i32.sub
                    (i32.shl
                      (i32.wrap_i64
                        (i64.shr_u
                          (i64.reinterpret_f64
                            (local.get $20))
                          (i64.const 32)))
                      (i32.const 1))
                    (i32.const 4194304))
                  (i32.const -6291456))
                (then
                  (i32.eqz
                    (i32.and
                      (f64.eq
                        (local.get $20)
                        (f64.const 0x0p+0 (;=0;)))
                      (i32.or
                        (f64.eq
                          (local.get $22)
                          (f64.const 0x0p+0 (;=0;)))
                        (f64.eq
                          (local.get $23)
                          (f64.const 0x0p+0 (;=0;))))))
                  (local.set $exit
                    (i32.const -2146893816))
                  (br_if 3 (;@3;))))
              (local.set $f2
                (local.get $20))
              (f64.store
                (i32.add
                  (i32.wrap_i64
                    (local.get $x8))
                  (local.get $47))
                (local.get $f2))
              (local.set $x11
                (i64.add
                  (local.get $x11)
                  (i64.const -1)))
              (br_if 0 (;@5;)
                (i64.ne
                  (local.get $x11)
                  (i64.const 0)))
              (local.set $exit
                (i32.const 65560))
              (br 2 (;@3;))))
          (unreachable))
        (i64.store offset=88
          (local.get $hart)
          (local.get $x11))
        (f64.store offset=520
          (local.get $hart)
          (local.get $f1))
        (f64.store offset=528
          (local.get $hart)
          (local.get $f2))
        (br 1 (;@1;))))
    (local.set $13
      (i64.add
        (local.get $pc)
        (i64.extend_i32_s
          (i32.sub
            (i32.and
              (local.get $exit)
              (i32.const 131071))
            (i32.const 65536)))))
    (if  ;; label = @1
      (i32.ge_s
        (local.get $exit)
        (i32.const 0))
      (then
        (return_call_indirect (type 0)
          (local.get $hart)
          (local.get $13)
          (local.get $budget)
          (local.get $depth)
          (select
            (i32.load offset=8
              (local.tee $11
                (i32.add
                  (i32.and
                    (i32.shl
                      (i32.xor
                        (local.tee $11
                          (i32.wrap_i64
                            (local.get $13)))
                        (i32.shr_u
                          (local.get $11)
                          (i32.const 12)))
                      (i32.const 3))
                    (i32.const 65520))
                  (i32.load offset=1332
                    (local.get $hart)))))
            (i32.const 0)
            (i32.and
              (i64.eq
                (i64.load
                  (local.get $11))
                (i64.or
                  (local.get $13)
                  (i64.const 1)))
              (i32.eq
                (i32.load offset=12
                  (local.get $11))
                (i32.load offset=1336
                  (local.get $hart))))))))
    (i32.store offset=1328
      (local.get $hart)
      (i32.const 1))
    (i64.store offset=768
      (local.get $hart)
      (local.get $13))
    (i32.add
      (local.get $budget)
      (i32.and
        (i32.shr_u
          (local.get $exit)
          (i32.const 17))
        (i32.const 16383))))
